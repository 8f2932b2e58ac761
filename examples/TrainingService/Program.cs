// A web service that trains a model and predicts with it. Its processes form one cluster, and each of them computes.
//   dotnet run -c Release --project examples/TrainingService -- --urls http://127.0.0.1:5000 --port 4060
//   dotnet run -c Release --project examples/TrainingService -- --urls http://127.0.0.1:5001 --port 4061 --seed 4060
using System.Collections.Concurrent;
using ActorTrain;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Torch;
using ActorTrain.Torch.Data;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using TorchSharp;
using static TorchSharp.torch.nn;

var builder = WebApplication.CreateBuilder(args);
var port = builder.Configuration.GetValue("port", 4060);
var seed = builder.Configuration.GetValue("seed", port);
var source = builder.Configuration.GetValue("source", DataSource.Auto);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddTrainingClient();
builder.Services.AddAkka(
    "service",
    akka =>
        akka.WithRemoting("127.0.0.1", port)
            .WithClustering(
                new ClusterOptions { Roles = ["service"], SeedNodes = [$"akka.tcp://service@127.0.0.1:{seed}"] }
            )
            .AddHocon("akka.remote.dot-netty.tcp.tcp-reuse-addr = off", HoconAddMode.Prepend)
            .WithActorTrain(node =>
            {
                node.CoordinatorRole = "service";
                node.AddModel("clothes", Clothes, _ => FashionMnist.Load(source));
            })
);
var app = builder.Build();
var runs = new ConcurrentDictionary<string, TrainingRun>();
var jobs = app.MapGroup("/jobs").AddEndpointFilter(AnswerFailures);
jobs.MapPost(
    "/",
    async (JobRequest request, ITrainingClient client) =>
    {
        var run = await client.SubmitAsync(
            new JobOptions
            {
                Model = "clothes",
                Epochs = request.Epochs,
                MinimumWorkers = request.Workers,
            }
        );
        runs[run.JobId] = run;
        return Results.Accepted($"/jobs/{run.JobId}", new { id = run.JobId });
    }
);
jobs.MapGet(
    "/{id}",
    async (string id, CancellationToken gone) =>
    {
        var run = Find(id);
        // A run that has failed answers with its error.
        if (run.Completion.IsCompleted)
            await run.Completion;
        var latest = await run.Progress.FirstAsync(gone);
        return new
        {
            phase = $"{latest.Phase}",
            samples = latest.SamplesApplied,
            accuracy = latest.TestAccuracy,
        };
    }
);
jobs.MapGet("/{id}/events", (string id) => TypedResults.ServerSentEvents(Find(id).Events, "event"));
jobs.MapPost("/{id}/cancel", (string id) => Find(id).Cancel());
jobs.MapPost(
    "/{id}/predict",
    async (string id, float[] pixels, CancellationToken gone) =>
    {
        if (pixels.Length != 784)
            return Results.Problem($"An image has 784 pixels, and not {pixels.Length}.", statusCode: 400);
        var result = await Find(id).Completion.WaitAsync(gone);
        using var module = Clothes();
        result.Model.LoadInto(module);
        module.eval();
        using var input = torch.tensor(pixels).reshape(1, 1, 28, 28);
        using var scores = module.call(input);
        return Results.Json(new { label = FashionMnist.ClassNames[(int)scores.argmax(1).item<long>()] });
    }
);

app.Run();

static Module<torch.Tensor, torch.Tensor> Clothes() => Sequential(Flatten(), Linear(784, 128), ReLU(), Linear(128, 10));

TrainingRun Find(string id) => runs.GetValueOrDefault(id) ?? throw new KeyNotFoundException($"There is no job {id}.");

static async ValueTask<object?> AnswerFailures(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
{
    try
    {
        return await next(call);
    }
    catch (Exception failure) when (StatusOf(failure) is > 0 and var status)
    {
        return Results.Problem(failure.Message, statusCode: status);
    }
}

static int StatusOf(Exception failure) =>
    failure switch
    {
        KeyNotFoundException => 404,
        InvalidJobException => 400,
        ClusterBusyException or JobCanceledException => 409,
        ClusterUnreachableException => 503,
        ActorTrainException => 500,
        _ => 0,
    };

internal sealed record JobRequest(int Epochs = 1, int Workers = 1);
