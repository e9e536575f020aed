package org.turnd.stun;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A whole message as an immutable value. Attributes that RFC 8489 §9 tells receivers to ignore,
/// because they stand behind the integrity attributes, are left out by decoding.
///
/// @param attributes in the order of the message, integrity and FINGERPRINT included
public record StunMessage(
        StunMethod method,
        StunClass messageClass,
        TransactionId transactionId,
        List<StunAttribute> attributes)
        implements Decoded {
    private static final int TYPICAL_LENGTH = 256;

    /// Copies the list.
    public StunMessage {
        attributes = List.copyOf(attributes);
    }

    /// Decodes `length` bytes at an absolute index of a borrowed buffer. Refuses what a server has
    /// to drop, wrong fingerprints included, but takes messages without the magic cookie:
    /// ask [TransactionId#isClassic()]. MACs are not checked, see [MessageIntegrity].
    public static Decoded decode(ByteBuf buffer, int offset, int length) {
        StunView view = new StunView();
        MalformedStun malformed = view.wrap(buffer, offset, length);
        return malformed == null ? decode(view) : malformed;
    }

    /// Decodes the message that a view has wrapped.
    public static Decoded decode(StunView view) {
        StunMethod method = StunMethod.of(view.method());
        if (method == null || view.length() < StunView.HEADER_LENGTH) {
            return MalformedStun.UNKNOWN_METHOD;
        }
        if (view.hasFingerprint() && !view.fingerprintMatches()) {
            return MalformedStun.FINGERPRINT_MISMATCH;
        }
        AttributeReader reader = new AttributeReader(view);
        List<StunAttribute> attributes = new ArrayList<>();
        for (int value = view.firstValue(); value >= 0; value = view.nextValue(value)) {
            attributes.add(reader.read(value));
        }
        addTrailer(AttributeType.MESSAGE_INTEGRITY, view, reader, attributes);
        addTrailer(AttributeType.MESSAGE_INTEGRITY_SHA256, view, reader, attributes);
        addTrailer(AttributeType.FINGERPRINT, view, reader, attributes);
        return new StunMessage(method, view.messageClass(), view.transactionId(), attributes);
    }

    private static void addTrailer(
            int type, StunView view, AttributeReader reader, List<StunAttribute> attributes) {
        int value = view.find(type);
        if (value >= 0) {
            attributes.add(reader.read(value));
        }
    }

    /// Returns the first attribute of this class, or null where there is none or the first
    /// attribute of that type is malformed.
    public <T extends StunAttribute> @Nullable T first(Class<T> attributeClass) {
        for (StunAttribute attribute : attributes) {
            if (attributeClass.isInstance(attribute)) {
                T found = attributeClass.cast(attribute);
                return isInvalidBefore(found) ? null : found;
            }
        }
        return null;
    }

    private boolean isInvalidBefore(StunAttribute found) {
        return hasInvalid()
                && !(found instanceof StunAttribute.InvalidAttribute)
                && invalid(found.type()) != null;
    }

    /// Returns all well-formed attributes of this class in their order.
    public <T extends StunAttribute> List<T> all(Class<T> attributeClass) {
        List<T> found = new ArrayList<>();
        for (StunAttribute attribute : attributes) {
            if (attributeClass.isInstance(attribute)) {
                found.add(attributeClass.cast(attribute));
            }
        }
        return found;
    }

    /// Tells whether there is an attribute of this type, malformed or not.
    public boolean has(int attributeType) {
        return firstOfType(attributeType) != null;
    }

    /// Returns the first attribute of this type if it is malformed, else null.
    public StunAttribute.@Nullable InvalidAttribute invalid(int attributeType) {
        return hasInvalid()
                        && firstOfType(attributeType)
                                instanceof StunAttribute.InvalidAttribute invalid
                ? invalid
                : null;
    }

    /// Nearly no message has one, and asking is much cheaper than asking each attribute its type.
    private boolean hasInvalid() {
        for (StunAttribute attribute : attributes) {
            if (attribute instanceof StunAttribute.InvalidAttribute) {
                return true;
            }
        }
        return false;
    }

    private @Nullable StunAttribute firstOfType(int attributeType) {
        for (StunAttribute attribute : attributes) {
            if (attribute.type() == attributeType) {
                return attribute;
            }
        }
        return null;
    }

    /// Returns the types that have to be answered with 420, in their order and each once (A-15,
    /// A-16), see [AttributeType#mustBeRefused(int, boolean)].
    public List<Integer> unknownComprehensionRequired() {
        boolean classic = transactionId.isClassic();
        return attributes.stream()
                .map(StunAttribute::type)
                .filter(type -> AttributeType.mustBeRefused(type, classic))
                .distinct()
                .toList();
    }

    /// Returns the encoded message in a new heap buffer, which the caller owns. MACs and
    /// fingerprint are written as the values they are; [StunWriter] computes new ones.
    public ByteBuf encode() {
        ByteBuf buffer = Unpooled.buffer(TYPICAL_LENGTH);
        StunWriter writer = new StunWriter().begin(buffer, 0, method, messageClass, transactionId);
        attributes.forEach(writer::put);
        return buffer.setIndex(0, writer.length());
    }

    /// Starts building a message with a 96-bit transaction id or a classic one.
    public static Builder builder(
            StunMethod method, StunClass messageClass, TransactionId transactionId) {
        return new Builder(method, messageClass, transactionId);
    }

    /// Returns a one-line summary without attribute values, which may be secret.
    @Override
    public String toString() {
        List<String> names = attributes.stream().map(a -> AttributeType.nameOf(a.type())).toList();
        return String.format(
                Locale.ROOT, "%s %s %s %s", method.rfcName(), messageClass, transactionId, names);
    }

    /// Collects attributes. Not thread-safe.
    public static final class Builder {
        private final StunMethod method;
        private final StunClass messageClass;
        private final TransactionId transactionId;
        private final List<StunAttribute> attributes = new ArrayList<>();

        private Builder(StunMethod method, StunClass messageClass, TransactionId transactionId) {
            this.method = method;
            this.messageClass = messageClass;
            this.transactionId = transactionId;
        }

        /// Appends one attribute and returns this builder.
        public Builder add(StunAttribute attribute) {
            attributes.add(attribute);
            return this;
        }

        /// Returns the message.
        public StunMessage build() {
            return new StunMessage(method, messageClass, transactionId, attributes);
        }
    }
}
