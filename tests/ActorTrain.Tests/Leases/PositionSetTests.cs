using ActorTrain.Leases;
using CsCheck;

namespace ActorTrain.Tests.Leases;

public sealed class PositionSetTests
{
    [Theory]
    [InlineData(0, 10, nameof(Overlap.None))]
    [InlineData(9, 10, nameof(Overlap.None))]
    [InlineData(9, 11, nameof(Overlap.Partial))]
    [InlineData(10, 20, nameof(Overlap.Full))]
    [InlineData(12, 15, nameof(Overlap.Full))]
    [InlineData(15, 25, nameof(Overlap.Partial))]
    [InlineData(20, 30, nameof(Overlap.None))]
    public void The_overlap_of_a_range_with_the_set(int start, int end, string expected)
    {
        var set = new PositionSet();
        set.Add(10, 20);
        set.OverlapWith(start, end).ToString().ShouldBe(expected);
    }

    [Fact]
    public void Neighbours_become_one_range()
    {
        var set = new PositionSet();
        set.Add(0, 5);
        set.Add(10, 15);
        set.Add(5, 10);
        set.OverlapWith(0, 15).ShouldBe(Overlap.Full);
        set.Count.ShouldBe(15);
    }

    [Fact]
    public void It_agrees_with_a_plain_set_of_numbers() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[1, 20], Gen.Bool)
            .Array[0, 40]
            .Sample(ranges =>
            {
                var (set, plain) = (new PositionSet(), new HashSet<int>());
                foreach (var (start, length, adds) in ranges)
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
                    set.Ranges.SelectMany(range => Enumerable.Range(range.Start, range.End - range.Start))
                        .ShouldBe(plain.Order());
                    set.Ranges.Zip(set.Ranges.Skip(1)).ShouldAllBe(pair => pair.First.End < pair.Second.Start);
                }
            });
}
