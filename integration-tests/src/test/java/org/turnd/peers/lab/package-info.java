/// Tests of the networks themselves.
@NullMarked
package org.turnd.peers.lab;

import org.jspecify.annotations.NullMarked;
