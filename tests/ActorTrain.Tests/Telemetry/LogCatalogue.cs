using System.Reflection;
using ActorTrain.Leases;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Tests.Telemetry;

/// <summary>All messages that ActorTrain logs, each as it logs itself with values of the test.</summary>
internal static class LogCatalogue
{
    /// <summary>A message.</summary>
    /// <param name="Level">Its level.</param>
    /// <param name="Cause">The exception that it is logged with.</param>
    /// <param name="Message">The message with its values.</param>
    /// <param name="Parameters">The names of the values, as its method has them.</param>
    public sealed record Entry(
        LogLevel Level,
        Exception? Cause,
        LoggedMessage Message,
        IReadOnlyList<string> Parameters
    );

    /// <summary>Their methods.</summary>
    public static IReadOnlyList<MethodInfo> Methods { get; } =
    [.. typeof(LogMessages).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)];

    /// <summary>The messages in the order of their ids.</summary>
    public static IReadOnlyList<Entry> All { get; } = [.. Methods.Select(Log).OrderBy(entry => entry.Message.Id)];

    private static Entry Log(MethodInfo method)
    {
        var log = new RecordingLog();
        var parameters = method.GetParameters()[1..];
        method.Invoke(null, [log, .. parameters.Select(ValueOf)]);
        var (level, cause, message) = log.Entries.Single();
        return new Entry(
            level,
            cause,
            message,
            [.. parameters.Where(parameter => parameter.ParameterType != typeof(Exception)).Select(Name)]
        );
    }

    private static string Name(ParameterInfo parameter) =>
        char.ToUpperInvariant(parameter.Name![0]) + parameter.Name[1..];

    private static object ValueOf(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        return type == typeof(string) ? $"the {parameter.Name}, {{0}} and {{Name}}"
            : type == typeof(Address) ? new Address("akka.tcp", "actortrain", "10.0.0.5", 4053)
            : type == typeof(ActorPath) ? new RootActorPath(Address.AllSystems) / "user" / "shard"
            : type == typeof(SampleRange) ? new SampleRange(0, 0, 8)
            : type == typeof(Exception) ? new InvalidOperationException("It failed.")
            : Convert.ChangeType(7, type, System.Globalization.CultureInfo.InvariantCulture);
    }
}
