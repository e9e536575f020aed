package org.turnd.cli.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Does all examinations, one after the other.
final class Doctor {
    private static final List<Examination> EXAMINATIONS =
            List.of(
                    Doctor::configuration,
                    new ListenerExamination(),
                    new RelayExamination(),
                    new AddressExamination(),
                    new CertificateExamination(),
                    new KernelExamination(),
                    new ClockExamination(),
                    new PlaneExamination());

    private Doctor() {}

    static List<Finding> examine(Patient patient) {
        var findings = new ArrayList<Finding>();
        for (var examination : EXAMINATIONS) {
            try {
                findings.addAll(examination.of(patient));
            } catch (IOException e) {
                findings.add(
                        Finding.warning(
                                "doctor",
                                "this could not be looked at: " + e.getMessage(),
                                "run it as the server's user, or as root"));
            }
        }
        return findings;
    }

    private static List<Finding> configuration(Patient patient) {
        var findings = new ArrayList<Finding>();
        findings.add(Finding.ok("configuration", "it is valid"));
        for (var warning : patient.warnings()) {
            findings.add(
                    Finding.warning(
                            "configuration",
                            warning,
                            "nothing, when it is meant; docs/reference/configuration.md says what"
                                    + " each key does"));
        }
        return findings;
    }
}
