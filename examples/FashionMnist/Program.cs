// A complete program: seed, worker, local cluster or client by its arguments.
//   dotnet run -c Release --project examples/FashionMnist -- local --workers 2
using ActorTrain.CommandLine;
using ActorTrain.Torch;
using ActorTrain.Torch.Data;
using static TorchSharp.torch.nn;

return await ActorTrainProgram.RunAsync(args, TorchProgram.Create(
    model: () => Sequential(
        Conv2d(1, 16, kernel_size: 3, padding: 1), ReLU(), MaxPool2d(2),
        Conv2d(16, 32, kernel_size: 3, padding: 1), ReLU(), MaxPool2d(2),
        Flatten(), Linear(32 * 7 * 7, 10)),
    data: folder => FashionMnist.Load(DataSource.Auto, folder),
    options: "epochs = 3, batch-size = 64, optimizer { momentum = 0.5, learning-rate = 0.08 }"));
