using ActorTrain.Cli;
using ActorTrain.CommandLine;

return await ActorTrainProgram.RunAsync(args, CatalogueProgram.Create(), CatalogueProgram.Verbs);
