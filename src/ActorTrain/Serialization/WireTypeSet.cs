using ActorTrain.Parameters;
using ActorTrain.Settings;
using Akka.Actor;
using Akka.Util;

namespace ActorTrain.Serialization;

/// <summary>An allow-list: every type that a control message may contain, in either direction.</summary>
internal sealed class WireTypeSet
{
    private readonly HashSet<Type> _allowed;

    /// <param name="messages">The messages themselves.</param>
    /// <param name="parts">The types inside messages, except numbers, texts and enumerations.</param>
    public WireTypeSet(IReadOnlyCollection<Type> messages, IReadOnlyCollection<Type> parts)
    {
        Messages = messages.ToHashSet();
        Types = [.. messages, .. parts];
        _allowed = [.. messages, .. parts, .. parts.Select(part => part.MakeArrayType()), typeof(IActorRef[])];
        Names = _allowed.Select(type => WireTypeFilter.Plain(type.AssemblyQualifiedName!)).ToHashSet();
    }

    /// <summary>The messages themselves.</summary>
    public IReadOnlySet<Type> Messages { get; }

    /// <summary>Messages and parts, in no particular order.</summary>
    public IReadOnlyList<Type> Types { get; }

    /// <summary>Names of all allowed types, in the form of <see cref="WireTypeFilter"/>.</summary>
    public IReadOnlySet<string> Names { get; }

    /// <summary>
    /// Types that are sent as another type, which is on the list: an actor as its path, a layout as its tensors,
    /// settings as texts.
    /// </summary>
    public static bool HasSurrogate(Type type) =>
        typeof(ISurrogated).IsAssignableFrom(type) || type == typeof(ParameterLayout) || type == typeof(SettingValues);

    /// <summary>
    /// Whether a type may be sent. A field's declared type may be an interface: its value is checked on its own.
    /// </summary>
    public bool Allow(Type type) => type.IsInterface || _allowed.Contains(Nullable.GetUnderlyingType(type) ?? type);
}
