/// `turnd import-coturn`: turns a configuration of coturn's into one of turnd's.
///
/// `CoturnFile` reads what coturn would read, `CoturnOptions` knows every option there is, and the
/// translators (`Listening`, `Access`, `Relaying`) fill a `Draft`. Start reading at `Translation`.
@NullMarked
package org.turnd.cli.coturn;

import org.jspecify.annotations.NullMarked;
