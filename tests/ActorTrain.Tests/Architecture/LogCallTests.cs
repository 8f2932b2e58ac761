using ActorTrain.Telemetry;
using Akka.Event;
using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace ActorTrain.Tests.Architecture;

/// <summary>The runtime logs only the messages of <see cref="LogMessages"/>, and each of them.</summary>
public sealed class LogCallTests
{
    // All that a log entry begins with in Akka: the adapter, its extensions, and the entries themselves.
    private static readonly HashSet<string> OwnersOfLogCalls =
    [
        typeof(ILoggingAdapter).FullName!,
        typeof(LoggingExtensions).FullName!,
        typeof(LoggingAdapterBase).FullName!,
        typeof(Debug).FullName!,
        typeof(Info).FullName!,
        typeof(Warning).FullName!,
        typeof(Error).FullName!,
    ];

    private static readonly string[] LogCalls = ["Log", "Debug", "Info", "Warning", "Error", ".ctor"];
    private static readonly Type[] Allowed = [typeof(LogMessages), typeof(LoggedMessage)];

    private static readonly Lazy<IReadOnlyList<(string Caller, MethodReference Called)>> Calls = new(() =>
    {
        using var module = ModuleDefinition.ReadModule(typeof(LogMessages).Assembly.Location);
        return
        [
            .. module
                .GetAllTypes()
                .SelectMany(type => type.Methods)
                .Where(method => method.HasBody)
                .SelectMany(method =>
                    method
                        .Body.Instructions.Select(instruction => instruction.Operand)
                        .OfType<MethodReference>()
                        .Select(called => (method.DeclaringType.FullName.Split('/')[0], called))
                ),
        ];
    });

    [Fact]
    public void Nothing_is_logged_but_the_messages_of_the_catalogue() =>
        Calls
            .Value.Where(call => !Allowed.Any(type => type.FullName == call.Caller) && IsLogCall(call.Called))
            .Select(call => $"{call.Caller}: {call.Called.Name}")
            .ShouldBeEmpty($"a message is a method of {nameof(LogMessages)}, with an event id and a template");

    [Fact]
    public void Each_message_of_the_catalogue_is_logged() =>
        Telemetry
            .LogCatalogue.Methods.Select(method => method.Name)
            .Except(Calls.Value.Where(call => IsOf(call.Called, typeof(LogMessages))).Select(call => call.Called.Name))
            .ShouldBeEmpty();

    private static bool IsLogCall(MethodReference called) =>
        OwnersOfLogCalls.Contains(called.DeclaringType.FullName) && LogCalls.Contains(called.Name);

    private static bool IsOf(MethodReference called, Type owner) => called.DeclaringType.FullName == owner.FullName;
}
