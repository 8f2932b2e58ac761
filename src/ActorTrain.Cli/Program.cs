using ActorTrain.Cli;

return await CommandLine.RunAsync(args, Terminal.OfThisProcess());
