// A small Akka service that takes orders, and trains a model in the background, in the same actor system.
//   dotnet run -c Release --project examples/ExistingSystem
using ActorTrain;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Torch;
using Akka.Actor;
using Akka.Cluster.Hosting;
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
            // The service without ActorTrain.
            .ConfigureLoggers(loggers => loggers.ClearLoggers().AddLoggerFactory())
            .WithRemoting("127.0.0.1", 0)
            .WithClustering(new ClusterOptions { Roles = ["shop"] })
            .WithActors(
                (system, registry) =>
                    registry.Register<OrderActor>(system.ActorOf(Props.Create(() => new OrderActor()), "orders"))
            )
            // ActorTrain: a cluster role that the service already has, and the engines of this node.
            .WithActorTrain(node =>
            {
                node.CoordinatorRole = "shop";
                node.Engines = new TorchEngineFactory(new TorchOptions(Device: "auto", Threads: 1));
            })
            .WithActorTrainHealthChecks()
);
using var app = host.Build();
await app.StartAsync();

// A service of several machines would name its seed nodes in ClusterOptions; this one is alone.
var system = app.Services.GetRequiredService<ActorSystem>();
await Akka.Cluster.Cluster.Get(system).JoinAsync(Akka.Cluster.Cluster.Get(system).SelfAddress);

var job = new JobOptions
{
    Model = "cnn",
    Data = new DataOptions("fashion-mnist") { Settings = new Dictionary<string, string> { ["source"] = "built-in" } },
    Epochs = 2,
};
var run = await TrainingClient.From(system).SubmitAsync(job);
await run.ForwardEventsToAsync(system.ActorOf(Props.Create(() => new Announcer())));

var orders = await app.Services.GetRequiredService<IRequiredActor<OrderActor>>().GetAsync();
await foreach (var progress in run.Progress)
{
    var number = await orders.Ask<int>("a lamp", TimeSpan.FromSeconds(5));
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

internal sealed class OrderActor : ReceiveActor
{
    private int _orders;

    public OrderActor() => Receive<string>(_ => Sender.Tell(++_orders));
}

internal sealed class Announcer : ReceiveActor
{
    public Announcer() =>
        Receive<ActorTrain.Job.SupervisionEvent>(raised =>
            Console.WriteLine($"{raised.Kind} {raised.Node}: {raised.Reason}")
        );
}
