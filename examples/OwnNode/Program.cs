// A program that hosts one node with every role: it submits a job to the node and saves the weights.
//   dotnet run -c Release --project examples/OwnNode
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Torch;

await using var node = await ActorTrainNode.StartAsync(
    new StandaloneNodeOptions { Engines = new TorchEngineFactory(new TorchOptions(Device: "auto", Threads: 1)) }
);
var job = new JobOptions
{
    Model = "cnn",
    Data = new DataOptions("fashion-mnist") { Settings = new Dictionary<string, string> { ["source"] = "built-in" } },
    Epochs = 2,
};

var run = await TrainingClient.From(node).SubmitAsync(job);
await foreach (var progress in run.Progress)
    Console.WriteLine(
        $"epoch {progress.Epoch}: {progress.SamplesApplied:N0} of {progress.SamplesExpected:N0} samples, loss "
            + $"{progress.TrainLoss:0.000}"
    );

var result = await run.Completion;
Console.WriteLine($"test accuracy {result.Report.TestAccuracy:0.000}");
result.Model.SaveSafetensors("model.safetensors", new Dictionary<string, string> { ["job"] = result.Report.Job });
