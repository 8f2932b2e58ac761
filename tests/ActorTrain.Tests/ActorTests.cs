using Akka.Configuration;

namespace ActorTrain.Tests;

/// <summary>
/// Tests of actors that wait as long as a busy machine needs: what is awaited comes at once on an idle one, and what
/// never comes is a failure after minutes just as after a second.
/// </summary>
public abstract class ActorTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly string Wait = $"{Patience.TotalSeconds}s";

    private static readonly Config Settings = ConfigurationFactory.ParseString(
        $"akka.test {{ single-expect-default = {Wait}, default-timeout = {Wait}, filter-leeway = {Wait} }}\n"
            + "actortrain.blocking-dispatcher.type = TaskDispatcher"
    );

    /// <summary>Settings of a system whose time the test makes pass.</summary>
    protected static readonly Config TestClock = ConfigurationFactory.ParseString(
        "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\""
    );

    /// <summary>A system with these settings.</summary>
    protected ActorTests(Config? settings = null, string? name = null)
        : base(Settings.WithFallback(settings ?? Config.Empty), name) { }
}
