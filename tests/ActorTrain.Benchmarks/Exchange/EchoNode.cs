using System.Globalization;
using Akka.Actor;

namespace ActorTrain.Benchmarks.Exchange;

/// <summary>
/// The other process of an exchange over the lane: writes its echo's path, then for each line it reads the bytes it has
/// allocated.
/// </summary>
internal static class EchoNode
{
    public const string Verb = "echo-node";

    public static void Run(string[] words)
    {
        using var system = ActorSystem.Create("echo", Road.ConfigurationOf(words[0]));
        var floats = int.Parse(words[1], CultureInfo.InvariantCulture);
        Console.WriteLine(Echo.Start(system, floats));
        while (Console.ReadLine() is not null)
            Console.WriteLine(GC.GetTotalAllocatedBytes(precise: true));
    }
}
