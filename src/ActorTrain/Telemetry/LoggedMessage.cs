using Akka.Event;

namespace ActorTrain.Telemetry;

/// <summary>
/// A message of <see cref="LogMessages"/>. It formats itself: a host's own formatter may not know named placeholders.
/// </summary>
/// <param name="id">The event id.</param>
/// <param name="name">The event's name.</param>
/// <param name="template">The text with its placeholders.</param>
/// <param name="values">The placeholders' values, in their order.</param>
internal sealed class LoggedMessage(int id, string name, string template, object?[] values)
    : LogMessage(SemanticLogMessageFormatter.Instance, template)
{
    /// <summary>The name of the property with the event id, in the log.</summary>
    public const string IdProperty = "EventId";

    /// <summary>The name of the property with the event's name, in the log.</summary>
    public const string NameProperty = "EventName";

    /// <summary>The event id.</summary>
    public int Id => id;

    /// <summary>The event's name.</summary>
    public string Name => name;

    /// <summary>Logs it. Akka.Hosting's logger leaves the event id of its entries empty, so it is a property.</summary>
    public void WriteTo(ILoggingAdapter log, LogLevel level, Exception? cause) =>
        log.WithContext(IdProperty, id).WithContext(NameProperty, name).Log(level, cause, this);

    /// <inheritdoc/>
    public override string ToString() => Formatter.Format(Format, values);

    /// <inheritdoc/>
    public override string Unformatted() => string.Join(", ", values);

    /// <inheritdoc/>
    public override IEnumerable<object> Parameters() => values!;
}
