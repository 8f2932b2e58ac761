// A small Akka service that takes orders, and trains a model in the background, in the same actor system.
//   dotnet run -c Release --project examples/ExistingSystem
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Torch;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var host = Host.CreateApplicationBuilder(args);
host.Logging.SetMinimumLevel(LogLevel.Warning);
host.Services.AddHealthChecks();
host.Services.AddAkka(
    "shop",
    builder =>
        builder
            // What the service is without ActorTrain.
            .ConfigureLoggers(loggers => loggers.ClearLoggers().AddLoggerFactory())
            .WithRemoting("127.0.0.1", 0)
            .WithClustering(new ClusterOptions { Roles = ["shop"] })
            .WithActors(
                (system, registry) =>
                    registry.Register<OrderDesk>(system.ActorOf(Props.Create(() => new OrderDesk()), "orders"))
            )
            // And with it: a cluster role that the service has already, and what this node does for ActorTrain.
            .AddHocon("actortrain.coordinator.cluster-role = shop", HoconAddMode.Prepend)
            .WithActorTrain(
                new EmbeddedNodeOptions(NodeRoles.All)
                {
                    Engines = new TorchEngineFactory(new TorchOptions(Device: "auto", Threads: 1)),
                }
            )
            .WithActorTrainHealthChecks()
);
using var app = host.Build();
await app.StartAsync();

// A service of several machines would name its seed nodes in ClusterOptions; this one is alone.
var system = app.Services.GetRequiredService<ActorSystem>();
await Akka.Cluster.Cluster.Get(system).JoinAsync(Akka.Cluster.Cluster.Get(system).SelfAddress);

var job = JobOptionsReader.Read(
    ConfigurationFactory.ParseString("actortrain.job { model.name = cnn, data.source = built-in, epochs = 2 }")
);
var run = await TrainingClient.Of(system).SubmitAsync(job);
await run.ForwardEventsToAsync(system.ActorOf(Props.Create(() => new Announcer())));

var orders = await app.Services.GetRequiredService<IRequiredActor<OrderDesk>>().GetAsync();
await foreach (var progress in run.Progress)
{
    var number = await orders.Ask<int>("a book", TimeSpan.FromSeconds(5));
    Console.WriteLine(
        $"order {number} taken; {progress.Phase.ToString().ToLowerInvariant()}, {progress.SamplesApplied:N0} of "
            + $"{progress.SamplesExpected:N0} samples"
    );
}

var health = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
foreach (var (name, entry) in health.Entries)
    Console.WriteLine($"{name}: {entry.Status}, {entry.Description}");
Console.WriteLine($"test accuracy {(await run.Completion).Report.TestAccuracy:0.000}");

// Training ends, and the service goes on.
await ActorTrainExtension.Get(system).Node!.StopAsync();
Console.WriteLine($"order {await orders.Ask<int>("a pen", TimeSpan.FromSeconds(5))} taken without ActorTrain");
await app.StopAsync();

internal sealed class OrderDesk : ReceiveActor
{
    private int _orders;

    public OrderDesk() => Receive<string>(_ => Sender.Tell(++_orders));
}

internal sealed class Announcer : ReceiveActor
{
    public Announcer() =>
        Receive<ActorTrain.Supervision.SupervisionEvent>(happened =>
            Console.WriteLine($"{happened.Kind} {happened.Node}: {happened.Reason}")
        );
}
