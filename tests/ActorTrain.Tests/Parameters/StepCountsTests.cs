using ActorTrain.Parameters;
using CsCheck;

namespace ActorTrain.Tests.Parameters;

public sealed class StepCountsTests
{
    [Fact]
    public void One_number_is_enough_where_all_take_every_step()
    {
        var counts = new StepCounts(10);
        counts.Step(Touched.All(10)).ShouldBe([(new FlatRange(0, 10), 1L)]);
        counts.Step(Touched.All(10)).ShouldBe([(new FlatRange(0, 10), 2L)]);
    }

    [Fact]
    public void A_range_that_takes_no_step_keeps_its_own_number()
    {
        var counts = new StepCounts(10);
        counts
            .Step([new FlatRange(0, 4), new FlatRange(7, 3)])
            .ShouldBe([(new FlatRange(0, 4), 1L), (new FlatRange(7, 3), 1L)]);
        counts
            .Step(Touched.All(10))
            .ShouldBe([(new FlatRange(0, 4), 2L), (new FlatRange(4, 3), 1L), (new FlatRange(7, 3), 2L)]);
        counts.Step([new FlatRange(4, 3)]).ShouldBe([(new FlatRange(4, 3), 2L)]);
        counts.Step(Touched.All(10)).ShouldBe([(new FlatRange(0, 10), 3L)]);
    }

    [Fact]
    public void Each_element_has_one_step_for_each_time_it_was_touched() =>
        Gen
            .Bool.Array[20]
            .Array[1, 30]
            .Sample(steps =>
            {
                var (counts, expected) = (new StepCounts(20), new long[20]);
                foreach (var step in steps)
                {
                    var stepped = counts.Step(RangesOf(step));
                    for (var i = 0; i < 20; i++)
                        if (step[i])
                            expected[i]++;
                    var seen = new long[20];
                    foreach (var (range, count) in stepped)
                        for (var i = range.Offset; i < range.End; i++)
                            seen[i] = count;
                    seen.ShouldBe(expected.Select((count, i) => step[i] ? count : 0));
                }
            });

    [Fact]
    public void Complement_and_intersection_of_ranges_agree_with_their_elements() =>
        Gen.Select(Gen.Bool.Array[30], Gen.Bool.Array[30])
            .Sample(
                (one, other) =>
                {
                    FlatRange.Without(30, RangesOf(one)).ShouldBe(RangesOf([.. one.Select(has => !has)]));
                    FlatRange
                        .Common(RangesOf(one), RangesOf(other))
                        .ShouldBe(
                            RangesOf([.. one.Zip(other, (a, b) => a && b)]),
                            customMessage: "adjacent ranges may be cut"
                        );
                }
            );

    [Fact]
    public void The_untouched_ranges_of_a_slice_are_relative_to_its_beginning() =>
        FlatRange
            .In(new ShardSlice(1, 16, 16), [new FlatRange(0, 20), new FlatRange(30, 10)])
            .ShouldBe([new FlatRange(0, 4), new FlatRange(14, 2)]);

    private static FlatRange[] RangesOf(bool[] elements)
    {
        var ranges = new List<FlatRange>();
        for (var i = 0; i < elements.Length; i++)
        {
            if (!elements[i])
                continue;
            if (ranges.Count > 0 && ranges[^1].End == i)
                ranges[^1] = ranges[^1] with { Length = ranges[^1].Length + 1 };
            else
                ranges.Add(new FlatRange(i, 1));
        }
        return [.. ranges];
    }
}
