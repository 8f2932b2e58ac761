using ActorTrain.Hosting;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace ActorTrain.Tests.Hosting;

/// <summary>ActorTrain in a generic host, beside the host's other work.</summary>
public sealed class GenericHostTests
{
    [Fact]
    public async Task A_host_trains_beside_its_own_actors_and_its_health_checks_report_it()
    {
        using var host = new HostBuilder()
            .ConfigureServices(services =>
                services
                    .AddHealthChecks()
                    .Services.AddAkka(
                        "shop",
                        builder =>
                            builder
                                .AddHocon(
                                    "akka.loglevel = WARNING, akka.stdout-loglevel = OFF, "
                                        + "akka.coordinated-shutdown.run-by-clr-shutdown-hook = off",
                                    HoconAddMode.Prepend
                                )
                                .WithRemoting("127.0.0.1", 0)
                                .WithClustering(new ClusterOptions { Roles = ["shop"] })
                                .WithCustomSerializer(
                                    "orders",
                                    [typeof(ExistingSystem.Order)],
                                    system => new ExistingSystem.OrderSerializer(system)
                                )
                                .WithActors(
                                    (system, registry) =>
                                        registry.Register<ExistingSystem.Shop>(
                                            system.ActorOf(Props.Create(() => new ExistingSystem.Shop()), "shop")
                                        )
                                )
                                .WithActorTrain(Section, node => node.AddModel("linear", ToyEngines.Linear()))
                                .WithActorTrainHealthChecks()
                    )
            )
            .Build();
        await host.StartAsync().WaitAsync(Patience);
        var system = host.Services.GetRequiredService<ActorSystem>();
        var checks = host.Services.GetRequiredService<HealthCheckService>();

        // Not a member of the cluster yet, so without a coordinator.
        (await Check(checks, "actortrain-enrolment")).ShouldBe(HealthStatus.Unhealthy);
        await Akka
            .Cluster.Cluster.Get(system)
            .JoinAsync(Akka.Cluster.Cluster.Get(system).SelfAddress)
            .WaitAsync(Patience);
        var run = await TrainingClient.From(system).SubmitAsync(Jobs.Create(epochs: 2));
        (await run.Completion.WaitAsync(Patience)).Report.SamplesApplied.ShouldBe(2 * 640);

        (await Check(checks, "actortrain-enrolment")).ShouldBe(HealthStatus.Healthy);
        (await Check(checks, "actortrain-training")).ShouldBe(HealthStatus.Healthy);
        system
            .Serialization.FindSerializerForType(typeof(ExistingSystem.Order))
            .ShouldBeOfType<ExistingSystem.OrderSerializer>();
        Akka.Cluster.Cluster.Get(system).SelfRoles.ShouldBe(["shop"]);
        var shop = await host.Services.GetRequiredService<IRequiredActor<ExistingSystem.Shop>>().GetAsync();
        (await shop.Ask<ExistingSystem.Order>(new ExistingSystem.Order(1), Patience)).Number.ShouldBe(2);

        await ActorTrainExtension.Get(system).Node!.StopAsync().WaitAsync(Patience);
        (await shop.Ask<ExistingSystem.Order>(new ExistingSystem.Order(2), Patience)).Number.ShouldBe(3);
        await host.StopAsync().WaitAsync(Patience);
    }

    private static async Task<HealthStatus> Check(HealthCheckService checks, string name) =>
        (await checks.CheckHealthAsync(check => check.Name == name).WaitAsync(Patience))
            .Entries.ShouldHaveSingleItem()
            .Value.Status;

    private static IConfigurationSection Section =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["ActorTrain:CoordinatorRole"] = "shop",
                    ["ActorTrain:Coordinator:ProgressInterval"] = "100ms",
                }
            )
            .Build()
            .GetSection("ActorTrain");
}
