using System.Runtime.InteropServices;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Server;

namespace ActorTrain.Tests.Server;

public sealed class CombinedBuffersTests
{
    private static readonly WorkerId A = new("a", 1),
        B = new("b", 2),
        C = new("c", 3);

    private readonly CombinedBuffers _one = new([new TypedRange(ElementType.F32, 0, 1)], _ => true);

    [Fact]
    public void Workers_count_by_their_samples()
    {
        _one.Report(A, epoch: 1, samples: 300, [1f]);
        _one.Report(B, epoch: 1, samples: 100, [5f]);
        Combined(_one).ShouldBe([2f]);
    }

    [Fact]
    public void A_workers_newest_report_replaces_its_older_one()
    {
        _one.Report(A, epoch: 1, samples: 100, [1f]);
        _one.Report(A, epoch: 1, samples: 200, [3f]);
        Combined(_one).ShouldBe([3f]);
        _one.Combine(0, new float[1]).ShouldBe(200);
    }

    [Fact]
    public void A_report_of_a_new_epoch_replaces_the_old_epochs_state()
    {
        _one.Report(A, epoch: 1, samples: 100, [1f]);
        _one.Report(B, epoch: 2, samples: 10, [7f]);
        Combined(_one).ShouldBe([7f]);
    }

    [Fact]
    public void An_epoch_that_is_evaluated_keeps_the_state_of_its_end()
    {
        _one.Report(A, epoch: 0, samples: 1, [0f]);
        _one.Report(A, epoch: 1, samples: 100, [1f]);
        _one.Report(A, epoch: 3, samples: 100, [3f]);

        Combined(_one, epoch: 1).ShouldBe([1f]);
        Combined(_one, epoch: 2).ShouldBe([1f], "no worker has reported in the second");

        _one.ForgetBefore(3);
        Combined(_one, epoch: 1).ShouldBe([3f], "a forgotten epoch gets the oldest that is kept");
        _one.ForgetBefore(9);
        Combined(_one).ShouldBe([3f], "the newest stays");
    }

    [Fact]
    public void A_slow_workers_late_report_of_an_evaluated_epoch_counts()
    {
        _one.Report(A, epoch: 1, samples: 100, [1f]);
        _one.Report(A, epoch: 3, samples: 100, [3f]);
        _one.ForgetBefore(2);
        _one.Report(B, epoch: 2, samples: 100, [2f]);

        Combined(_one, epoch: 2).ShouldBe([2f]);
    }

    [Fact]
    public void Of_epochs_that_are_not_evaluated_only_the_newest_is_kept()
    {
        var state = new CombinedBuffers([new TypedRange(ElementType.F32, 0, 1)], epoch => epoch % 2 == 0);
        for (var epoch = 1; epoch <= 5; epoch++)
            state.Report(A, epoch, samples: 1, [epoch]);

        Combined(state, epoch: 3).ShouldBe([2f]);
        Combined(state, epoch: 4).ShouldBe([4f]);
        Combined(state).ShouldBe([5f]);
    }

    [Fact]
    public void Values_that_all_workers_have_alike_stay_the_same_bit_for_bit()
    {
        // A frozen BatchNorm; a mask. A weighted sum of three equal numbers may be off by a bit.
        float[] constant = [0.1f, 1e-38f, float.NegativeInfinity];
        var state = new CombinedBuffers([new TypedRange(ElementType.F32, 0, 3)], _ => true);
        state.Report(A, 1, samples: 7, constant);
        state.Report(B, 1, samples: 13, constant);
        state.Report(C, 1, samples: 31, constant);

        Combined(state).ShouldBe(constant);
    }

    [Fact]
    public void Integers_are_those_of_the_worker_with_the_most_samples()
    {
        var state = new CombinedBuffers(
            [new TypedRange(ElementType.I64, 0, 4), new TypedRange(ElementType.Bool, 4, 1)],
            _ => true
        );
        state.Report(A, 1, samples: 300, Words([3L, 1L], [1, 0, 0, 1]));
        state.Report(B, 1, samples: 100, Words([900L, 0L], [0, 0, 0, 0]));

        Combined(state).ShouldBe(Words([3L, 1L], [1, 0, 0, 1]));
    }

    [Fact]
    public void Floats_of_every_precision_are_averaged_in_their_own_type()
    {
        var state = new CombinedBuffers(
            [
                new TypedRange(ElementType.F64, 0, 2),
                new TypedRange(ElementType.F16, 2, 1),
                new TypedRange(ElementType.BF16, 3, 1),
            ],
            _ => true
        );
        state.Report(A, 1, samples: 300, Words([1e-300], [(Half)1, (Half)2], [0x3F80, 0x4000]));
        state.Report(B, 1, samples: 100, Words([5e-300], [(Half)5, (Half)2], [0x40A0, 0x4000]));

        Combined(state).ShouldBe(Words([2e-300], [(Half)2, (Half)2], [0x4000, 0x4000]));
    }

    private static float[] Words(long[] whole, byte[] flags) =>
        [.. MemoryMarshal.Cast<long, float>(whole), .. MemoryMarshal.Cast<byte, float>(flags)];

    private static float[] Words(double[] wide, Half[] halves, ushort[] upper) =>
        [
            .. MemoryMarshal.Cast<double, float>(wide),
            .. MemoryMarshal.Cast<Half, float>(halves),
            .. MemoryMarshal.Cast<ushort, float>(upper),
        ];

    private static float[] Combined(CombinedBuffers state, int epoch = 0)
    {
        var combined = new float[state.Length];
        state.Combine(epoch, combined);
        return combined;
    }
}
