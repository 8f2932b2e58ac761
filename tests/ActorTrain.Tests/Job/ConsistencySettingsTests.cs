namespace ActorTrain.Tests.Job;

/// <summary>The bounds of the settings of consistency models.</summary>
public sealed class ConsistencySettingsTests
{
    [Theory]
    [InlineData(
        "consistency.name = loose",
        "actortrain.job.consistency.name is loose (job.conf, line 2); it must be one of synchronous, bounded, "
            + "asynchronous."
    )]
    [InlineData(
        "consistency { name = synchronous, synchronous.backup-workers = -1 }",
        "actortrain.job.consistency.synchronous.backup-workers is -1 (job.conf, line 2); it must be 0 or more."
    )]
    [InlineData(
        "consistency { name = synchronous, synchronous { backup-workers = 1, global-batch-size = 64 } }",
        "actortrain.job.consistency.synchronous.global-batch-size is 64 (job.conf, line 2); it must be 0 while "
            + "actortrain.job.consistency.synchronous.backup-workers is above 0: a step is then the first gradients, "
            + "whatever their samples."
    )]
    [InlineData(
        "consistency { name = synchronous, synchronous { backup-workers = 1, deterministic = on } }",
        "actortrain.job.consistency.synchronous.deterministic is on (job.conf, line 2); it must be off while "
            + "actortrain.job.consistency.synchronous.backup-workers is above 0: which gradients come first depends "
            + "on timing."
    )]
    [InlineData(
        "consistency { name = synchronous, synchronous.deterministic = on }",
        "actortrain.job.consistency.synchronous.deterministic is on (job.conf, line 2); it must be off while "
            + "actortrain.job.consistency.synchronous.global-batch-size is 0: a step then follows the number "
            + "of workers."
    )]
    [InlineData(
        "local-steps.steps = 8\nconsistency { name = synchronous, "
            + "synchronous { deterministic = on, global-batch-size = 64 } }",
        "actortrain.job.consistency.synchronous.deterministic is on (job.conf, line 3); it must be off while "
            + "local-steps.steps is above 1: a worker's optimizer state depends on which parts it computed."
    )]
    [InlineData(
        "local-steps { steps = 8, follow-speed = on }\nconsistency.name = synchronous",
        "actortrain.job.local-steps.follow-speed is on (job.conf, line 2); it must be off while consistency.name is "
            + "synchronous: a step waits for all workers anyway."
    )]
    [InlineData(
        "shards = 2\nconsistency { name = synchronous, synchronous.backup-workers = 1 }",
        "actortrain.job.shards is 2 (job.conf, line 2); it must be 0 or 1 while "
            + "actortrain.job.consistency.synchronous.backup-workers is above 0: each shard would close steps of its "
            + "own."
    )]
    [InlineData(
        "transfer-dtype = bf16\nconsistency { name = synchronous, "
            + "synchronous { deterministic = on, global-batch-size = 64 } }",
        "actortrain.job.transfer-dtype is bf16 (job.conf, line 2); it must be f32 while "
            + "actortrain.job.consistency.synchronous.deterministic is on: rounding depends on which workers share a "
            + "machine with a shard."
    )]
    [InlineData(
        "consistency { name = bounded, bounded { staleness = 4, max-staleness = 3 } }",
        "actortrain.job.consistency.bounded.max-staleness is 3 (job.conf, line 2); it must be 0, or at least "
            + "actortrain.job.consistency.bounded.staleness, which is 4."
    )]
    public void A_wrong_setting_is_named_with_its_place_and_its_valid_values(string setting, string sentence) =>
        JobSettings.ShouldBeRefused(setting, sentence);
}
