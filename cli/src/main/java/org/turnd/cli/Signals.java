package org.turnd.cli;

import java.lang.reflect.Proxy;

/// Asks the operating system to call us on a signal.
///
/// `sun.misc.Signal` (module jdk.unsupported) is the only way to hear a signal twice: a shutdown
/// hook runs once and can't change the exit code. It is reached by reflection because javac warns
/// of the name itself, which can't be silenced, and the build takes warnings for errors.
final class Signals {
    private Signals() {}

    /// Calls `handler` on a thread of its own whenever the signal comes, instead of ending the
    /// process.
    ///
    /// @param name without `SIG`, such as `TERM`
    static void onSignal(String name, Runnable handler) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(),
                            new Class<?>[] {handlerType},
                            (self, method, arguments) -> {
                                if (method.getName().equals("handle")) {
                                    handler.run();
                                }
                                return null;
                            });
            signalType
                    .getMethod("handle", signalType, handlerType)
                    .invoke(null, signalType.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java can't handle SIG" + name, e);
        }
    }
}
