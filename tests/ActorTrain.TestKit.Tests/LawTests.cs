using ActorTrain.TestKit.Laws;

namespace ActorTrain.TestKit.Tests;

/// <summary>
/// The laws of distributed training in the short form; <c>actortrain laws</c> runs the full one.
/// </summary>
public sealed class LawTests
{
    public static TheoryData<string> Names => [.. LawCatalog.All.Select(law => law.Name)];

    [Theory, MemberData(nameof(Names))]
    public void The_real_actors_obey_the_law_of(string name)
    {
        foreach (
            var row in LawCatalog.All.Single(law => law.Name == name).Cases(Effort.Short).Select(measure => measure())
        )
            row.Holds.ShouldBeTrue($"{row.Case}: predicted {row.Predicted:G6}, measured {row.Measured:G6}; {row.Note}");
    }
}
