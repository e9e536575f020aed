package org.turnd.server.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;

/// Answers requests other than those that were answered before: steps 3 to 9 of the processing
/// order.
final class RequestAnswers {
    private final BindingProcessor binding;
    private final AllocateProcessor allocate;
    private final Realms realms;
    private final WaitingRequests waiting;
    private final UnderstoodAttributes understood;
    private final Processors processors;
    private final Responder responder;
    private final EngineCounters counters;

    RequestAnswers(
            BindingProcessor binding,
            AllocateProcessor allocate,
            Realms realms,
            WaitingRequests waiting,
            UnderstoodAttributes understood,
            Processors processors,
            Responder responder,
            EngineCounters counters) {
        this.binding = binding;
        this.allocate = allocate;
        this.realms = realms;
        this.waiting = waiting;
        this.understood = understood;
        this.processors = processors;
        this.responder = responder;
        this.counters = counters;
    }

    /// Answers one request, or lets it wait until it is known who its user is.
    ///
    /// @param view the request as it came
    /// @param user what was said of its user, where that had to be asked for
    void answer(Request request, StunView view, @Nullable UserAnswer user) {
        if (request.message().method() == StunMethod.BINDING) {
            binding.answer(request, view);
            return;
        }
        Answer.Refusal elsewhere = redirectStranger(request, view);
        if (elsewhere != null) {
            responder.respond(request, elsewhere);
            return;
        }
        // Steps 3 to 8.
        switch (realms.of(request.client()).check(request, view, user)) {
            case Authenticator.Verdict.Refused(Answer.Refusal refusal) ->
                    responder.respond(request, refusal);
            case Authenticator.Verdict.Ignored i -> counters.increment(Counter.DROPPED_LOGIN_RATE);
            case Authenticator.Verdict.Asking(UserQuery query) -> {
                if (!waiting.ask(request.client(), view, query, request.nowNanos())) {
                    giveUp(request, Counter.DROPPED_TOO_MANY_WAITING);
                }
            }
            case Authenticator.Verdict.Untold u -> giveUp(request, Counter.DROPPED_NO_ANSWER);
            case Authenticator.Verdict.Granted(Principal principal) -> {
                Request authenticated = request.authenticatedAs(principal);
                // Step 9.
                Answer.Refusal unknown = refuseUnknownAttributes(view);
                responder.respond(
                        authenticated,
                        unknown != null ? unknown : processors.process(authenticated));
            }
        }
    }

    /// Fails closed. Over UDP without a word: the client sends its request again by itself, and the
    /// user may be known by then, where most clients take an error for the end. Nobody sends
    /// anything again over a stream.
    private void giveUp(Request request, Counter reason) {
        if (request.client().transport().isDatagram()) {
            counters.increment(reason);
            responder.giveUp(request);
        } else {
            responder.respond(
                    request,
                    Answer.Refusal.of(ErrorReason.SERVER_ERROR, RefusalCause.USERS_UNAVAILABLE));
        }
    }

    private Answer.@Nullable Refusal redirectStranger(Request request, StunView view) {
        boolean isStranger = !view.hasMessageIntegrity() && !view.hasMessageIntegritySha256();
        return isStranger
                        && request.message().method() == StunMethod.ALLOCATE
                        && refuseUnknownAttributes(view) == null
                ? allocate.redirectStranger(request)
                : null;
    }

    //
    private Answer.@Nullable Refusal refuseUnknownAttributes(StunView view) {
        List<Integer> unknown = understood.unknownIn(view);
        return unknown.isEmpty() ? null : UnderstoodAttributes.refusal(unknown);
    }
}
