using ActorTrain.Hosting;
using ActorTrain.Telemetry;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Event;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace ActorTrain.Tests.Hosting;

/// <summary>What a host with Microsoft.Extensions.Logging gets of ActorTrain's messages.</summary>
public sealed class HostLogTests
{
    [Theory]
    [InlineData(typeof(SemanticLogMessageFormatter))]
    [InlineData(typeof(DefaultLogMessageFormatter))]
    [InlineData(typeof(FormatterOfTheHost))]
    public async Task A_hosts_log_has_event_id_and_values_as_properties_under_any_formatter(Type formatter)
    {
        using var capture = new Capture(nameof(LogMessages.Enrolled));
        using var host = new HostBuilder()
            .ConfigureLogging(logging => logging.ClearProviders().AddProvider(capture))
            .ConfigureServices(services =>
                services.AddAkka(
                    "shop",
                    builder =>
                        builder
                            .ConfigureLoggers(loggers => loggers.ClearLoggers().AddLoggerFactory())
                            .AddHocon(
                                "akka.loglevel = INFO, akka.stdout-loglevel = OFF, "
                                    + "akka.coordinated-shutdown.run-by-clr-shutdown-hook = off, "
                                    + $"akka.logger-formatter = \"{formatter.AssemblyQualifiedName}\", "
                                    + "actortrain.coordinator.cluster-role = shop",
                                HoconAddMode.Prepend
                            )
                            .WithRemoting("127.0.0.1", 0)
                            .WithClustering(new ClusterOptions { Roles = ["shop"] })
                            .WithActorTrain(node => node.Engines = ToyEngines.Linear())
                )
            )
            .Build();
        await host.StartAsync().WaitAsync(Patience);
        var cluster = Akka.Cluster.Cluster.Get(host.Services.GetRequiredService<ActorSystem>());
        await cluster.JoinAsync(cluster.SelfAddress).WaitAsync(Patience);

        var entry = await capture.Found.WaitAsync(Patience);
        await host.StopAsync().WaitAsync(Patience);

        entry.Level.ShouldBe(LogLevel.Information);
        entry.Properties["EventId"].ShouldBe(101);
        entry.Properties["EventName"].ShouldBe("Enrolled");
        entry.Properties["Coordinator"].ShouldBeOfType<Address>();
        entry.Properties["{OriginalFormat}"].ShouldBe("Enrolled with the coordinator at {Coordinator}");
        entry.Text.ShouldEndWith($"Enrolled with the coordinator at {entry.Properties["Coordinator"]}");
    }

    /// <summary>Stands for a formatter that reads no named placeholders.</summary>
    public sealed class FormatterOfTheHost : ILogMessageFormatter
    {
        public string Format(string format, params object[] args) => "unreadable";

        public string Format(string format, IEnumerable<object> args) => "unreadable";
    }

    private sealed record Entry(LogLevel Level, string Text, IReadOnlyDictionary<string, object?> Properties);

    /// <summary>Completes with the first entry of an event.</summary>
    private sealed class Capture(string name) : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource<Entry> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Entry> Found => _found.Task;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (state is not IEnumerable<KeyValuePair<string, object?>> pairs)
                return;
            var properties = pairs.ToDictionary();
            if (properties.GetValueOrDefault("EventName") as string == name)
                _found.TrySetResult(new Entry(logLevel, formatter(state, exception), properties));
        }

        public void Dispose() { }
    }
}
