using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.Hosting;

namespace ActorTrain.CommandLine.Verbs;

/// <summary>
/// The verbs that every program has. A new verb is a class of this folder and a line here; those of the tool alone are
/// in its own project.
/// </summary>
internal static class VerbCatalog
{
    /// <summary>The verbs of a program.</summary>
    public static RootCommand CreateRoot(
        Terminal terminal,
        NodeProgram program,
        IReadOnlyList<Func<Terminal, NodeProgram, Command>> verbs
    )
    {
        var root = new RootCommand("Trains neural networks on a cluster of actors: parameter shards and workers.")
        {
            DemoVerb.Create(terminal, program),
            SeedVerb.Create(terminal, program),
            WorkerVerb.Create(terminal, program),
            TrainVerb.Create(terminal, program),
            LocalVerb.Create(terminal, program),
            StatusVerb.Create(terminal),
            JobsVerb.Create(terminal),
            AttachVerb.CreateAttach(terminal),
            AttachVerb.CreateResult(terminal),
            SetVerb.Create(terminal, program),
            ControlVerbs.CreatePause(terminal),
            ControlVerbs.CreateResume(terminal),
            ControlVerbs.CreateCancel(terminal),
        };
        foreach (var create in verbs)
            root.Add(create(terminal, program));
        root.Add(CommonOptions.Debug);
        ExampleHelp.AddTo(root, $"{program.Name} demo");
        return root;
    }
}
