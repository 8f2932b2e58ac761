// How well does a network learn, by method and number of workers? A table of test accuracies, with real gradients in
// virtual time:
//   dotnet run -c Release --project examples/Learning -- --workers 1,4 --seeds 2 --methods accept,staleness-aware
using System.CommandLine;
using ActorTrain;
using Learning;

var setup = new Setup();
var methods = new Option<string>("--methods")
{
    Description = "Names of methods, separated by commas; all by default.",
    DefaultValueFactory = _ => string.Join(',', Methods.All.Select(method => method.Name)),
};
var workers = new Option<string>("--workers")
{
    Description = "Numbers of workers, separated by commas.",
    DefaultValueFactory = _ => "1,4,8,16,32",
};
var seeds = new Option<int>("--seeds")
{
    Description = "Runs of each cell, with the seeds 1, 2, ….",
    DefaultValueFactory = _ => 5,
};
var data = new Option<string>("--data")
{
    Description = "built-in (12,000 images) or full (60,000, which must be installed).",
    DefaultValueFactory = _ => setup.Data,
};
var model = new Option<string>("--model")
{
    Description = "Any of the catalogue: mlp has one hidden layer of 64 here.",
    DefaultValueFactory = _ => setup.Model,
};
var epochs = new Option<int>("--epochs")
{
    Description = "Epochs, the same for all methods.",
    DefaultValueFactory = _ => setup.Epochs,
};
var batch = new Option<int>("--batch-size") { Description = "Samples a push.", DefaultValueFactory = _ => setup.Batch };
var rate = new Option<double>("--learning-rate")
{
    Description = "Learning rate, the same for all methods.",
    DefaultValueFactory = _ => setup.LearningRate,
};
var parallel = new Option<int>("--parallel")
{
    Description = "Cells at a time; each takes one core.",
    DefaultValueFactory = _ => 2,
};
var output = new Option<string>("--out")
{
    Description = "CSV file of the finished cells. Cells in it are not run again.",
    DefaultValueFactory = _ => "learning.csv",
};

var command = new RootCommand("Test accuracy by method and number of workers, at equal epochs.")
{
    methods,
    workers,
    seeds,
    data,
    model,
    epochs,
    batch,
    rate,
    parallel,
    output,
};
command.SetAction(parsed =>
{
    try
    {
        return Comparison.Run(
            setup with
            {
                Data = parsed.GetValue(data)!,
                Model = parsed.GetValue(model)!,
                Epochs = parsed.GetValue(epochs),
                Batch = parsed.GetValue(batch),
                LearningRate = parsed.GetValue(rate),
            },
            [.. Items(methods).Select(Methods.Find)],
            [.. Items(workers).Select(item => int.TryParse(item, out var count) ? count : 0)],
            parsed.GetValue(seeds),
            Math.Max(1, parsed.GetValue(parallel)),
            parsed.GetValue(output)!
        );
    }
    catch (Exception error) when (error is ActorTrainException or IOException)
    {
        Console.Error.WriteLine(error.Message);
        return 1;
    }

    string[] Items(Option<string> option) =>
        parsed.GetValue(option)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
});
return command.Parse(args).Invoke();
