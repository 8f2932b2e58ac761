using System.Runtime.Serialization;
using ActorTrain.Sentences;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Serialization;

namespace ActorTrain.Serialization;

/// <summary>
/// One of Akka's serializers behind the allow-list of <see cref="AkkaMessages"/>: other messages never reach it.
/// Configured in <c>akka.actor.serializers</c>; <c>akka.actor.serialization-settings.NAME.guards</c> names the guarded
/// one.
/// </summary>
internal sealed class GuardedSerializer : SerializerWithStringManifest
{
    private const string PathsKey = "akka.remote.trusted-selection-paths";

    // A selection holds a question, which holds a number. Endless nesting would overflow the stack and end the process.
    private const int Deepest = 2;

    [ThreadStatic]
    private static int _depth;

    private enum Direction
    {
        In,
        Out,
    }

    private readonly AkkaMessages _messages;
    private readonly Serializer? _inner;
    private readonly HashSet<string> _paths;
    private readonly RepeatedLines<Direction, string> _refused = new();

    // Akka creates its serializers before the system has a logger.
    private readonly Lazy<ILoggingAdapter> _log;

    /// <summary>The constructor that Akka calls for serializers with settings.</summary>
    public GuardedSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
        _messages = AkkaMessages.All[settings.GetString("guards")];
        _log = new Lazy<ILoggingAdapter>(() => Logging.GetLogger(system, typeof(GuardedSerializer)));
        _paths = [.. system.Settings.Config.GetStringList(PathsKey)];
        if (_messages.Serializer is { } akka)
            _inner = (Serializer)Activator.CreateInstance(Type.GetType(akka, throwOnError: true)!, system)!;
    }

    /// <inheritdoc/>
    public override int Identifier => _messages.Identifier;

    /// <inheritdoc/>
    public override string Manifest(object o) =>
        _inner is null ? "" : Akka.Serialization.Serialization.ManifestFor(_inner, o);

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message is not on the allow-list.</exception>
    public override byte[] ToBinary(object obj)
    {
        if (_inner is not null && _messages.Allowed.Contains(Manifest(obj)))
            return _inner.ToBinary(obj);
        var reason = $"{obj.GetType()} may not travel between nodes: it is not on the allow-list";
        Log(Direction.Out, reason);
        throw new SerializationException(reason) { Source = nameof(GuardedSerializer) };
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        var name = manifest ?? "";
        if (_inner is null || !_messages.Allowed.Contains(name))
            return Refuse(Named(name));
        if (_depth == Deepest)
            return Refuse("within others");
        _depth++;
        try
        {
            var message = _inner is SerializerWithStringManifest named
                ? named.FromBinary(bytes, name)
                : _inner.FromBinary(bytes, name.Length == 0 ? null! : Type.GetType(name, throwOnError: true)!);
            return message switch
            {
                ActorSelectionMessage selection => Filter(selection),
                Identify { MessageId: var id } => IsPlain(id) ? message : Refuse(Named(name)),
                ActorIdentity { MessageId: var id } => IsPlain(id) ? message : Refuse(Named(name)),
                _ => message,
            };
        }
#pragma warning disable CA1031 // Broken bytes lead to any exception; each is a message that cannot be read.
        catch (Exception)
#pragma warning restore CA1031
        {
            return Refuse("that cannot be read");
        }
        finally
        {
            _depth--;
        }
    }

    private object Filter(ActorSelectionMessage selection)
    {
        // The refusal of the inner message is logged already.
        if (selection.Message is RefusedMessage)
            return RefusedMessage.Instance;
        var path = string.Concat(selection.Elements.Select(element => $"/{element}"));
        var isExact = selection.Elements.All(element => element is SelectChildName);
        return isExact && _paths.Contains(path) ? selection : Refuse($"({path.AsPrintable()})");
    }

    private static bool IsPlain(object? id) => id is null or string or int or long;

    private RefusedMessage Refuse(string detail)
    {
        Log(Direction.In, $"{_messages.Content} {detail}".TrimEnd());
        return RefusedMessage.Instance;
    }

    private void Log(Direction direction, string what)
    {
        IReadOnlyList<RepeatedLines<Direction, string>.Line> lines;
        // Called on any thread of the transport. A count that is due is logged with the next refusal.
        lock (_refused)
        {
            _refused.Add(direction, what);
            lines = _refused.Due(system.Scheduler.MonotonicClock);
        }
        foreach (var (kind, latest, times) in lines)
        {
            if (kind == Direction.In)
                _log.Value.MessageRefused(latest, times);
            else
                _log.Value.MessageNotSent(latest, times);
        }
    }

    private static string Named(string name) => name.Length == 0 ? "" : $"({name.AsPrintable()})";
}
