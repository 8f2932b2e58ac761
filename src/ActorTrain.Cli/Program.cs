using ActorTrain.Cli;
using ActorTrain.Hosting;

return await ActorTrainNode.RunAsync(args, CatalogueProgram.Create());
