using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Replaying;
using CsCheck;

namespace ActorTrain.TestKit.Tests.Replaying;

/// <summary>The C# that a result prints replays the run.</summary>
public sealed class ReplayTests
{
    private const int Scripts = 60;
    private static readonly Simulation Two = new Simulation(Seed: 3).WithSeed().WithWorkers(2, Speed.Constant(500));

    [Fact]
    public void The_code_of_random_runs_compiles_and_replays_them_bit_for_bit()
    {
        var runs = Enumerable
            .Range(1, Scripts)
            .Select(number => RandomRuns.All.Generate(new PCG((uint)number, 1), null, out _))
            .ToList();
        var first = runs.Select(run => run.Simulation.Run(run.Job)).ToList();
        var again = CompiledRuns.Run([.. first.Select(result => result.ToCode())]);
        // Some of them end, and some do not.
        first.ShouldContain(result => result.Report != null);
        first.ShouldContain(result => !result.HasEnded);
        for (var i = 0; i < Scripts; i++)
            ShouldBeTheSame(again[i], first[i]);
    }

    [Fact]
    public void Faults_by_hand_are_in_the_code_with_their_times()
    {
        using var run = Two.At(seconds: 4, Fault.Freeze("worker-2")).Start(Jobs.Create());
        run.Advance(TimeSpan.FromTicks(80_000_007));
        run.Make(Fault.Thaw("worker-2"));
        run.Make(Fault.Join(1, Speed.Exponential(100)));
        run.Advance(TimeSpan.FromSeconds(2));
        run.Make(Fault.Kill("worker-1"));
        var result = run.ToEnd();

        result
            .Faults.Select(fault => fault.Fault.Words)
            .ShouldBe(["freeze worker-2", "thaw worker-2", "join 1 at exponential 100", "kill worker-1"]);
        ShouldBeTheSame(CompiledRuns.Run([result.ToCode()])[0], result);
    }

    [Fact]
    public void The_code_of_a_default_job_is_a_few_lines() =>
        Two.Run(JobOptionsReader.Read())
            .ToCode()
            .ShouldBe(
                """
                using System;
                using ActorTrain.Job;
                using ActorTrain.TestKit;
                using ActorTrain.TestKit.Nodes;

                var job = new JobOptions();
                var result = new Simulation(Seed: 3)
                    .WithNode(new NodePlan("seed", ["coordinator", "server"], Speed.Constant(1)))
                    .WithNode(new NodePlan("worker-1", ["worker"], Speed.Constant(500)))
                    .WithNode(new NodePlan("worker-2", ["worker"], Speed.Constant(500)))
                    .Run(job);
                result.ShouldSucceed();
                """.ReplaceLineEndings("\n")
            );

    [Fact]
    public void Every_changed_setting_of_a_job_is_in_the_code()
    {
        var defaults = JobOptionsReader.Read();
        foreach (var (place, changed) in ChangedOptions.ForEachSetting(defaults))
        {
            var code = new OptionsCode(new Placeholders(), new HashSet<string>()).Create("defaults", changed, defaults);
            code.ShouldContain($"{place} = ");
        }
    }

    [Fact]
    public void A_custom_engine_is_a_name_that_does_not_compile_until_it_is_declared()
    {
        var code = (Two with { Engines = new CustomEngines() }).Run(Jobs.Create()).ToCode();
        code.ShouldContain(
            "\n// engines: of type ActorTrain.TestKit.Tests.Replaying.ReplayTests+CustomEngines, "
                + "which cannot be written as code; declare it, as it was.\n"
        );
        code.ShouldContain("    Engines = engines,\n");
        CompiledRuns.ErrorsOf(code).ShouldBe(["The name 'engines' does not exist in the current context"]);
    }

    [Fact]
    public void Literals_of_numbers_times_and_texts_are_exact()
    {
        Gen.Double.Sample(value =>
            CSharp.Literal(value) is var code
            && (double.IsFinite(value) ? double.Parse(code.TrimEnd('d')).Equals(value) : code.StartsWith("double."))
        );
        Gen.Long[0, 1_000_000_000_000_000]
            .Sample(ticks =>
                new Simulation(1).At(TimeSpan.FromTicks(ticks).TotalSeconds, Fault.HealPartition()).Script[0].At.Ticks
                == ticks
            );
        CSharp.Literal("a\"b\\c\n\u2028\ud800").ShouldBe("\"a\\\"b\\\\c\\n\\u2028\\ud800\"");
        CSharp.Literal(TimeSpan.FromTicks(1)).ShouldBe("TimeSpan.FromMilliseconds(0.0001)");
        CSharp.Literal(float.NegativeInfinity).ShouldBe("float.NegativeInfinity");
    }

    private static void ShouldBeTheSame(SimulationResult again, SimulationResult first)
    {
        again.EventLog.ShouldBe(first.EventLog, first.ToCode());
        again.Failure.ShouldBe(first.Failure);
        again.Timeline.Select(Text).ShouldBe(first.Timeline.Select(Text));
        again.Links.ShouldBe(first.Links);
        again.Violations.ShouldBe(first.Violations);
        (again.Model?.Parameters.ToArray() ?? []).ShouldBe(first.Model?.Parameters.ToArray() ?? []);
        again.ToCode().ShouldBe(first.ToCode());
    }

    private static string Text(TimelinePoint point) =>
        $"{point with { Samples = new Dictionary<string, long>() }} "
        + $"{string.Join(", ", point.Samples.OrderBy(worker => worker.Key))}".Replace(
            typeof(Dictionary<string, long>).ToString(),
            "",
            StringComparison.Ordinal
        );

    private sealed class CustomEngines : IEngineFactory
    {
        public IGradientEngine Create(JobOptions job) => AnalyticEngines.Small().Create(job);
    }
}
