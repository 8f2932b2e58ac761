using ActorTrain.Server;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Server;

public sealed class ModelStateTests
{
    [Fact]
    public void Workers_count_by_their_samples()
    {
        var state = new ModelState(1);
        state.Report(new WorkerId("a", 1), epoch: 1, samples: 300, [1f]);
        state.Report(new WorkerId("b", 2), epoch: 1, samples: 100, [5f]);
        Combined(state).ShouldBe([2f]);
    }

    [Fact]
    public void A_workers_newest_report_replaces_its_older_one()
    {
        var state = new ModelState(1);
        state.Report(new WorkerId("a", 1), epoch: 1, samples: 100, [1f]);
        state.Report(new WorkerId("a", 1), epoch: 1, samples: 200, [3f]);
        Combined(state).ShouldBe([3f]);
        state.Samples.ShouldBe(200);
    }

    [Fact]
    public void A_new_epoch_begins_anew_and_an_old_one_is_not_heard_any_more()
    {
        var state = new ModelState(1);
        state.Report(new WorkerId("a", 1), epoch: 1, samples: 100, [1f]);
        state.Report(new WorkerId("b", 2), epoch: 2, samples: 10, [7f]);
        state.Report(new WorkerId("a", 1), epoch: 1, samples: 200, [1f]);
        Combined(state).ShouldBe([7f]);
    }

    private static float[] Combined(ModelState state)
    {
        var combined = new float[state.Length];
        state.Combine(combined);
        return combined;
    }
}
