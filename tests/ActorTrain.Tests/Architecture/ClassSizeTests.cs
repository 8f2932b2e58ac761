namespace ActorTrain.Tests.Architecture;

/// <summary>A class with one responsibility is short: splitting it into partial files does not shorten it.</summary>
public sealed class ClassSizeTests
{
    private const int MostOfActor = 250,
        MostOfClass = 300;

    private static readonly string[] Folders = ["src", "tests", "examples"];

    private static readonly Lazy<IReadOnlyList<ClassSize>> Sizes = new(() =>
        ClassSize.AllOf(Folders.SelectMany(folder => Repository.Files(folder, "*.cs")).Select(File.ReadAllText))
    );

    [Fact]
    public void No_actor_has_more_than_250_lines_over_all_its_files()
    {
        var actors = Sizes.Value.Where(size => size.IsActor).ToList();

        actors.ShouldContain(size => size.Name == "ActorTrain.Coordinator.JobTrainingActor");
        actors.Where(size => size.Lines > MostOfActor).ShouldBeEmpty();
    }

    [Fact]
    public void No_class_has_more_than_300_lines_over_all_its_files() =>
        Sizes.Value.Where(size => size.Lines > MostOfClass).ShouldBeEmpty();

    [Fact]
    public void The_lines_of_partial_files_are_added() =>
        ClassSize
            .AllOf([
                "namespace A;\n\n/// <summary>It.</summary>\nclass B\n{\n    int c;\n}\n",
                "using System;\n\nnamespace A;\n\npartial class B\n{\n}\n",
            ])
            .ShouldBe([new ClassSize("A.B", Lines: 8, IsActor: false)]);

    [Fact]
    public void A_class_that_derives_from_an_actor_is_an_actor() =>
        ClassSize
            .AllOf(["class Second : First<int> { }\nclass First<T> : Akka.Actor.ReceiveActor, IOther { }"])
            .ShouldAllBe(size => size.IsActor);
}
