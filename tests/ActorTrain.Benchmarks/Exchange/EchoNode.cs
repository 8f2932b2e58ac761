using System.Globalization;
using Akka.Actor;

namespace ActorTrain.Benchmarks.Exchange;

/// <summary>
/// The other process of an exchange over the lane: writes its echo's path, and for each line that it reads the bytes
/// that it has allocated.
/// </summary>
internal static class EchoNode
{
    public const string Verb = "echo-node";

    public static void Run(string[] arguments)
    {
        using var system = ActorSystem.Create("echo", Route.ConfigurationOf(arguments[0]));
        var floats = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        Console.WriteLine(Echo.Start(system, floats));
        while (Console.ReadLine() is not null)
            Console.WriteLine(GC.GetTotalAllocatedBytes(precise: true));
    }
}
