package org.turnd.server.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// One connection: takes one request, answers it and closes. What is more than one request, or not
/// exactly one, is never looked at.
final class AdminConnection extends SimpleChannelInboundHandler<HttpObject> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminConnection.class);
    private static final Pattern NOT_PLAIN = Pattern.compile("[^!#-\\[\\]-~]");
    private static final int LINGER_SECONDS_MAX = 1;
    private static final int ANSWER_SECONDS_MAX = 8;

    private final AdminApi api;
    private final @Nullable AccessControl control;
    private final ExecutorService workers;
    private final FoldGuard folds;
    private final byte[] body = new byte[AdminServer.BODY_BYTES_MAX];
    private int bodyLength;
    private @Nullable HttpRequest request;
    private @Nullable Access access;
    private @Nullable String origin;
    private boolean isOver;

    /// @param control null where everybody who can connect is an operator
    AdminConnection(
            AdminApi api,
            @Nullable AccessControl control,
            ExecutorService workers,
            FoldGuard folds) {
        this.folds = folds;
        this.api = api;
        this.control = control;
        this.workers = workers;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
        if (isOver) {
            return;
        }
        try {
            if (message instanceof HttpRequest head) {
                begin(context, head);
            }
            if (!isOver && message instanceof HttpContent content) {
                goOn(context, content);
            }
        } catch (ApiProblem problem) {
            if (problem.status() == 401) {
                // Seldom enough: soon such a client gets 429.
                LOG.atWarn()
                        .setMessage("admin_refused")
                        .addKeyValue("client", context.channel().remoteAddress())
                        .addKeyValue("reason", problem.getMessage())
                        .log();
            }
            answer(context, problem.reply());
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest head) throws ApiProblem {
        checkForm(head);
        AccessControl checks = control;
        String path = head.uri().replaceFirst("\\?.*", "");
        if (checks == null) {
            access = new Access.Operator();
        } else {
            checks.checkHost(head.headers());
            origin = checks.checkOrigin(head.headers(), path);
            if (AccessControl.isPreflight(head.method(), head.headers())) {
                answer(context, Reply.nothing());
                return;
            }
            access = checks.identify(head.headers());
        }
        request = head;
    }

    /// What a strict parser has let through and could still mean two things.
    private void checkForm(HttpRequest head) throws ApiProblem {
        if (folds.isFolded()) {
            throw new ApiProblem(400, "a header has one line");
        }
        if (!head.decoderResult().isSuccess()) {
            Throwable cause = head.decoderResult().cause();
            if (cause instanceof TooLongHttpLineException) {
                throw new ApiProblem(414, "the request's target is too long");
            }
            throw cause instanceof TooLongHttpHeaderException
                    ? new ApiProblem(431, "the request's headers are too long")
                    : new ApiProblem(400, "that is no HTTP request");
        }
        HttpHeaders headers = head.headers();
        if (!head.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            throw new ApiProblem(505, "only HTTP/1.1 is spoken here");
        }
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            throw new ApiProblem(400, "a body has a Content-Length here, and no transfer coding");
        }
        if (headers.contains(HttpHeaderNames.EXPECT)) {
            throw new ApiProblem(417, "nothing is expected here");
        }
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (lengths.size() > 1
                || (lengths.size() == 1 && !lengths.getFirst().matches("\\d{1,9}"))) {
            throw new ApiProblem(400, "a request has one Content-Length, a number");
        }
        if (lengths.size() == 1
                && Integer.parseInt(lengths.getFirst()) > AdminServer.BODY_BYTES_MAX) {
            throw new ApiProblem(
                    413, "a body has at most " + AdminServer.BODY_BYTES_MAX + " bytes");
        }
    }

    private void goOn(ChannelHandlerContext context, HttpContent content) throws ApiProblem {
        if (!content.decoderResult().isSuccess()) {
            throw new ApiProblem(400, "that is no HTTP request");
        }
        ByteBuf part = content.content();
        int length = part.readableBytes();
        if (length > body.length - bodyLength) {
            throw new ApiProblem(413, "a body has at most " + body.length + " bytes");
        }
        part.readBytes(body, bodyLength, length);
        bodyLength += length;
        HttpRequest whole = request;
        Access who = access;
        if (content instanceof LastHttpContent && whole != null && who != null) {
            isOver = true;
            carryOut(context, who, whole, text());
        }
    }

    private String text() throws ApiProblem {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body, 0, bodyLength))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ApiProblem(400, "the body is not UTF-8");
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the answer is sent by what depends on it
    private void carryOut(
            ChannelHandlerContext context, Access who, HttpRequest whole, String text) {
        String method = whole.method().name();
        String uri = whole.uri();
        var done = new CompletableFuture<Reply>();
        done.orTimeout(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)
                .exceptionally(failure -> failed(method, failure))
                .thenAccept(reply -> {
                    log(who, method, uri, reply.status());
                    context.executor().execute(() -> answer(context, reply));
                });
        try {
            workers.execute(() -> carryOut(who, method, uri, text, done));
        } catch (RejectedExecutionException closing) {
            context.close();
        }
    }

    /// What changes something is worth a line, but not every credential that an application gets.
    private static void log(Access who, String method, String uri, int status) {
        boolean isChange = !method.equals("GET") && !uri.startsWith(CredentialRoutes.PATH);
        Level level = isChange ? Level.INFO : Level.DEBUG;
        if (LOG.isEnabledForLevel(level)) {
            LOG.atLevel(level)
                    .setMessage("admin_request")
                    .addKeyValue("by", who)
                    .addKeyValue("method", method)
                    .addKeyValue("uri", NOT_PLAIN.matcher(uri).replaceAll("?"))
                    .addKeyValue("status", status)
                    .log();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it completes the other
    private void carryOut(
            Access who, String method, String uri, String text, CompletableFuture<Reply> done) {
        try {
            api.answer(who, method, uri, text)
                    .whenComplete((reply, failure) -> {
                        if (failure == null) {
                            done.complete(reply);
                        } else {
                            done.completeExceptionally(failure);
                        }
                    });
        } catch (ApiProblem problem) {
            done.complete(problem.reply());
        } catch (RuntimeException bug) {
            done.completeExceptionally(bug);
        }
    }

    /// Our own bug, or a server that is being closed, costs one answer.
    private static Reply failed(String method, Throwable failure) {
        LOG.warn("The admin API failed on a {}", method, failure);
        return new ApiProblem(500, "the server failed on this; its log says more").reply();
    }

    /// A client that breaks off, or what Netty's decoder throws at, ends its own connection only.
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // there is nothing to do when it is closed
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    private void answer(ChannelHandlerContext context, Reply reply) {
        isOver = true;
        var bytes =
                reply.body() == null
                        ? Unpooled.EMPTY_BUFFER
                        : ByteBufUtil.writeUtf8(context.alloc(), reply.body().toString());
        var response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()), bytes);
        HttpHeaders headers = response.headers();
        headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("X-Content-Type-Options", "nosniff")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (reply.body() != null) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, bytes.readableBytes());
        }
        if (reply.status() == 401) {
            headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"turnd\"");
        }
        if (reply.status() == 429) {
            headers.set(HttpHeaderNames.RETRY_AFTER, "60");
        }
        String page = origin;
        if (page != null) {
            headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, page)
                    .set(HttpHeaderNames.VARY, "Origin")
                    .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "POST")
                    .set(
                            HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS,
                            "Authorization, Content-Type")
                    .set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, "600");
        }
        context.writeAndFlush(response)
                .addListener((ChannelFutureListener) sent -> finish(context.channel()));
    }

    /// Closing with bytes unread would take the answer from the client, too.
    @SuppressWarnings("FutureReturnValueIgnored") // there is nothing to do when it is closed
    private static void finish(Channel channel) {
        if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
            channel.eventLoop()
                    .schedule(() -> channel.close(), LINGER_SECONDS_MAX, TimeUnit.SECONDS);
        } else {
            channel.close();
        }
    }
}
