package org.turnd.server.ops;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/// One HTTP connection: answers one request without a body and closes.
final class OpsRequests extends SimpleChannelInboundHandler<HttpObject> {
    private final OpsPages pages;
    private boolean isAnswered;

    OpsRequests(OpsPages pages) {
        this.pages = pages;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
        if (message instanceof HttpRequest request && !isAnswered) {
            isAnswered = true;
            answer(context, page(request), request.method().equals(HttpMethod.HEAD));
        }
    }

    private OpsPages.Page page(HttpRequest request) {
        HttpMethod method = request.method();
        if (!request.decoderResult().isSuccess()) {
            return text(400, "That is not an HTTP request, or too long a one.\n");
        }
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            return text(405, "Only GET and HEAD.\n");
        }
        if (HttpUtil.isTransferEncodingChunked(request) || !hasNoLength(request)) {
            return text(413, "A request has no body here.\n");
        }
        String path = request.uri().replaceFirst("[?#].*", "");
        return pages.page(path, request.headers().get(HttpHeaderNames.ACCEPT));
    }

    private static boolean hasNoLength(HttpRequest request) {
        String length = request.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        return length == null || length.equals("0");
    }

    /// A client that breaks off, or what Netty's decoder throws at, ends its own connection only.
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // there is nothing to do when it is closed
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    private static OpsPages.Page text(int status, String body) {
        return new OpsPages.Page(status, "text/plain; charset=utf-8", body);
    }

    private static void answer(ChannelHandlerContext context, OpsPages.Page page, boolean isHead) {
        ByteBuf body = ByteBufUtil.writeUtf8(context.alloc(), page.body());
        int length = body.readableBytes();
        if (isHead) {
            body.release();
            body = Unpooled.EMPTY_BUFFER;
        }
        var response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(page.status()), body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, length)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("X-Content-Type-Options", "nosniff")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (page.status() == 405) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
}
