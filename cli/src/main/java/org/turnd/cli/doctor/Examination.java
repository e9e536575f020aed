package org.turnd.cli.doctor;

import java.io.IOException;
import java.util.List;

/// Looks at one side of a server. May block for some seconds; changes nothing.
@FunctionalInterface
interface Examination {
    /// Returns what it saw, also what is good.
    ///
    /// @throws IOException when it can't look
    List<Finding> of(Patient patient) throws IOException;
}
