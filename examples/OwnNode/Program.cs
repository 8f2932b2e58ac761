// A program that hosts one node with every role: it submits a job to the node and saves the weights.
//   dotnet run -c Release --project examples/OwnNode
using ActorTrain;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Torch;
using Akka.Configuration;

await using var node = await ActorTrainNode.StartAsync(
    new NodeOptions(NodeRoles.All) { Engines = new TorchEngineFactory(new TorchOptions(Device: "auto", Threads: 1)) }
);
var job = JobOptionsReader.Read(
    ConfigurationFactory.ParseString(
        """
        actortrain.job { model.name = cnn, data.source = built-in, epochs = 2 }
        """
    )
);

var run = await TrainingClient.From(node).SubmitAsync(job);
await foreach (var progress in run.Progress)
    Console.WriteLine(
        $"epoch {progress.Epoch}: {progress.SamplesApplied:N0} of {progress.SamplesExpected:N0} samples, loss "
            + $"{progress.TrainLoss:0.000}"
    );

var result = await run.Completion;
Console.WriteLine($"test accuracy {result.Report.TestAccuracy:0.000}");
result.Model.SaveSafetensors("model.safetensors", new Dictionary<string, string> { ["job"] = result.Report.Job });
