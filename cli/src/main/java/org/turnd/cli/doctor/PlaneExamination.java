package org.turnd.cli.doctor;

import java.io.IOException;
import java.util.List;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.net.DataPlaneChoice;

/// Finds out what would carry UDP here.
final class PlaneExamination implements Examination {
    private static final String AREA = "plane";

    @Override
    public List<Finding> of(Patient patient) {
        var wanted = patient.settings().dataPlane();
        try {
            var choice = DataPlaneChoice.of(wanted);
            return List.of(
                    choice.isNative() || wanted == DataPlane.PORTABLE
                            ? Finding.ok(AREA, choice.name() + " (" + choice.reason() + ")")
                            : Finding.warning(
                                    AREA,
                                    choice.name() + " (" + choice.reason() + ")",
                                    "a 64-bit Linux, glibc, and no sandbox that refuses sendmmsg,"
                                            + " recvmmsg or epoll; it is slower until then"));
        } catch (IOException e) {
            return List.of(
                    Finding.failure(AREA, String.valueOf(e.getMessage()), "data-plane = auto"));
        }
    }
}
