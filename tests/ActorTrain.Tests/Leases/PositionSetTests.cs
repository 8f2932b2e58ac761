using ActorTrain.Leases;
using CsCheck;

namespace ActorTrain.Tests.Leases;

public sealed class PositionSetTests
{
    [Theory]
    [InlineData(0, 10, Overlap.None)]
    [InlineData(9, 10, Overlap.None)]
    [InlineData(9, 11, Overlap.Partial)]
    [InlineData(10, 20, Overlap.Full)]
    [InlineData(12, 15, Overlap.Full)]
    [InlineData(15, 25, Overlap.Partial)]
    [InlineData(20, 30, Overlap.None)]
    public void Tells_how_a_stretch_lies_to_what_is_in_it(int start, int end, Overlap expected)
    {
        var set = new PositionSet();
        set.Add(10, 20);
        set.OverlapWith(start, end).ShouldBe(expected);
    }

    [Fact]
    public void Neighbours_become_one_stretch()
    {
        var set = new PositionSet();
        set.Add(0, 5);
        set.Add(10, 15);
        set.Add(5, 10);
        set.OverlapWith(0, 15).ShouldBe(Overlap.Full);
        set.Count.ShouldBe(15);
    }

    [Fact]
    public void Agrees_with_a_plain_set_of_numbers() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[1, 20], Gen.Bool)
            .Array[0, 40]
            .Sample(stretches =>
            {
                var (set, plain) = (new PositionSet(), new HashSet<int>());
                foreach (var (start, length, adds) in stretches)
                {
                    var inside = Enumerable.Range(start, length).Count(plain.Contains);
                    set.OverlapWith(start, start + length)
                        .ShouldBe(
                            inside == 0 ? Overlap.None
                            : inside == length ? Overlap.Full
                            : Overlap.Partial
                        );
                    set.MissingFrom(start, start + length)
                        .SelectMany(gap => Enumerable.Range(gap.Start, gap.End - gap.Start))
                        .ShouldBe(Enumerable.Range(start, length).Where(position => !plain.Contains(position)));
                    if (adds)
                    {
                        set.Add(start, start + length);
                        plain.UnionWith(Enumerable.Range(start, length));
                    }
                    else
                    {
                        set.Remove(start, start + length);
                        plain.ExceptWith(Enumerable.Range(start, length));
                    }
                    set.Count.ShouldBe(plain.Count);
                    set.Stretches.SelectMany(stretch => Enumerable.Range(stretch.Start, stretch.End - stretch.Start))
                        .ShouldBe(plain.Order());
                    set.Stretches.Zip(set.Stretches.Skip(1)).ShouldAllBe(pair => pair.First.End < pair.Second.Start);
                }
            });
}
