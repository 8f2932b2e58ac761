using Akka.Configuration;

namespace ActorTrain.Tests;

/// <summary>
/// Tests of actors that wait as long as a busy machine needs: what is awaited comes at once on an idle one, and what
/// never comes is a failure after a minute just as after a second.
/// </summary>
public abstract class ActorTests : Akka.TestKit.Xunit2.TestKit
{
    /// <summary>How long is waited for what comes.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Config Waits = ConfigurationFactory.ParseString(
        "akka.test { single-expect-default = 60s, default-timeout = 60s, filter-leeway = 60s }");

    /// <summary>Settings of a system whose time the test makes pass.</summary>
    protected static readonly Config TestClock = ConfigurationFactory.ParseString(
        "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"");

    /// <summary>A system with these settings.</summary>
    protected ActorTests(Config? settings = null, string? name = null)
        : base(Waits.WithFallback(settings ?? Config.Empty), name) { }
}
