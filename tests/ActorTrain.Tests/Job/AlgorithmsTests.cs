using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using Akka.Configuration;

namespace ActorTrain.Tests.Job;

public class AlgorithmsTests
{
    private static Algorithms Own(Verdict? verdict = null) =>
        new Algorithms()
            .AddStalenessPolicy("mine", _ => new Fixed(verdict ?? Verdict.Applied))
            .AddConsistencyModel("elastic", _ => new Ahead(5))
            .AddOptimizer("plain", (_, _) => new Plain());

    [Fact]
    public void An_algorithm_that_was_added_is_read_with_its_own_settings()
    {
        var job = JobOptionsReader.Read(
            ConfigurationFactory.ParseString(
                """
                actortrain.job {
                  staleness { policy = mine, settings { half-life = 8 } }
                  consistency { name = elastic, settings.most = 4 }
                  optimizer { name = plain, learning-rate = 0.5, settings { a.b = c } }
                }
                """
            ),
            Own()
        );

        (job.Staleness.Policy, job.Staleness.Settings["half-life"]).ShouldBe(("mine", "8"));
        (job.Consistency.Mode, job.Consistency.Settings["most"]).ShouldBe(("elastic", "4"));
        job.Optimizer.ShouldBe(
            new CustomOptimizer("plain", 0.5) { Settings = new Dictionary<string, string> { ["a.b"] = "c" } }
        );
        job.Staleness.ToString().ShouldEndWith("rest = 60s, settings.half-life = 8");
        JobOptionsReader.Copy(job).ShouldBe(job);
    }

    [Theory]
    [InlineData(
        "staleness.policy = mien",
        "actortrain.job.staleness.policy is mien (configuration); it must be one of accept, inverse, staleness-aware, "
            + "dc-asgd, dc-asgd-adaptive, gap-aware, dana-slim, delay-threshold, mine."
    )]
    [InlineData(
        "consistency.name = loose",
        "actortrain.job.consistency.name is loose (configuration); it must be one of synchronous, bounded, "
            + "asynchronous, elastic."
    )]
    [InlineData(
        "optimizer.name = adamax",
        "actortrain.job.optimizer.name is adamax (configuration); it must be one of sgd, adam, adamw, plain."
    )]
    [InlineData(
        "staleness.settings = 7",
        "actortrain.job.staleness.settings is 7 (configuration); it must be a section, with settings of one's own."
    )]
    public void A_wrong_name_is_refused_with_those_that_there_are(string settings, string message) =>
        Should
            .Throw<ActorTrainException>(() =>
                JobOptionsReader.Read(ConfigurationFactory.ParseString($"actortrain.job {{ {settings} }}"), Own())
            )
            .Message.ShouldBe(message);

    [Theory]
    [InlineData("Mine", "The staleness policy 'Mine' needs another name: small letters, digits and dashes.")]
    [InlineData("2nd", "The staleness policy '2nd' needs another name: small letters, digits and dashes.")]
    [InlineData("", "The staleness policy '' needs another name: small letters, digits and dashes.")]
    [InlineData("accept", "There is a staleness policy 'accept' already; add this one by another name.")]
    [InlineData("mine", "There is a staleness policy 'mine' already; add this one by another name.")]
    public void A_name_is_added_once_and_well_formed(string name, string message) =>
        Should
            .Throw<ActorTrainException>(() => Own().AddStalenessPolicy(name, _ => new Fixed(Verdict.Applied)))
            .Message.ShouldBe(message);

    [Fact]
    public void A_bound_holds_under_a_policy_that_was_added()
    {
        var policy = Own(Verdict.Scaled(0.25f)).Create(new StalenessOptions { Policy = "mine", Bound = 3 });

        policy.Judge(3).Scale.ShouldBe(0.25f);
        policy.Judge(4).Kind.ShouldBe(VerdictKind.Refused);
    }

    [Theory]
    [InlineData(float.NaN), InlineData(float.PositiveInfinity), InlineData(-1f)]
    public void A_scale_that_no_gradient_can_have_is_an_error_that_names_the_policy(float scale) =>
        Should
            .Throw<ActorTrainException>(() =>
                Own(Verdict.Scaled(scale)).Create(new StalenessOptions { Policy = "mine" }).Judge(2)
            )
            .Message.ShouldStartWith("staleness policy 'mine' gives a gradient with a staleness of 2 the verdict ");

    [Fact]
    public void A_policy_cannot_call_a_gradient_a_duplicate() =>
        Should.Throw<ActorTrainException>(() =>
            Own(Verdict.Duplicate).Create(new StalenessOptions { Policy = "mine" }).Judge(2)
        );

    [Theory]
    [InlineData(null, "staleness policy 'mine' refuses it"), InlineData("it is old", "it is old")]
    public void A_policys_refusal_has_the_samples_trained_again_whatever_it_says(string? reason, string expected)
    {
        var odd = new Verdict(VerdictKind.Refused, 0, Refusal.PastIncarnation, reason!);

        var verdict = Own(odd).Create(new StalenessOptions { Policy = "mine" }).Judge(2);

        (verdict.Refusal, verdict.Reason).ShouldBe((Refusal.TooStale, expected));
    }

    [Fact]
    public void A_function_that_creates_nothing_or_fails_is_named()
    {
        var algorithms = new Algorithms()
            .AddStalenessPolicy("nothing", _ => null!)
            .AddOptimizer("broken", (options, _) => throw new FormatException($"beta is {options.Settings["beta"]}"));

        Should
            .Throw<ActorTrainException>(() => algorithms.Create(new StalenessOptions { Policy = "nothing" }))
            .Message.ShouldBe("The staleness policy 'nothing' is null; its function must create one.");
        Should
            .Throw<ActorTrainException>(() =>
                algorithms.Create(
                    new CustomOptimizer("broken") { Settings = new Dictionary<string, string> { ["beta"] = "blue" } },
                    length: 1
                )
            )
            .Message.ShouldBe("The optimizer 'broken' cannot be created: FormatException: beta is blue");
    }

    [Fact]
    public void Settings_of_an_algorithm_of_ones_own_keep_their_text_and_others_have_none()
    {
        var job = JobOptionsReader.Read(
            ConfigurationFactory.ParseString(
                "actortrain.job.staleness { policy = mine, settings { name = x, strict = true } }"
            ),
            Own()
        );

        job.Staleness.Settings.ShouldBe(
            new Dictionary<string, string> { ["name"] = "x", ["strict"] = "true" },
            ignoreOrder: true
        );
        Should
            .Throw<ActorTrainException>(() =>
                JobOptionsReader.Read(ConfigurationFactory.ParseString("actortrain.job.optimizer.settings.beta = 1"))
            )
            .Message.ShouldBe(
                "actortrain.job.optimizer.settings.beta is 1 (configuration); it must be left out: sgd has no such "
                    + "settings."
            );
    }

    [Fact]
    public void A_job_that_changes_to_another_policy_leaves_the_settings_of_its_own_behind()
    {
        var own = new StalenessOptions
        {
            Policy = "mine",
            Bound = 4,
            Settings = new Dictionary<string, string> { ["half-life"] = "8" },
        };

        StalenessOptions Changed(params (string Key, string Value)[] changes) =>
            JobOptionsReader.ReadStaleness(
                own,
                new Sgd(),
                algorithms: null,
                changes.Select(change => new SettingOverride(
                    "actortrain.job.staleness." + change.Key,
                    change.Value,
                    "set"
                ))
            );

        Changed(("bound", "5")).ShouldBe(own with { Bound = 5 });
        Changed(("settings.half-life", "9")).Settings["half-life"].ShouldBe("9");
        Changed(("policy", "inverse")).ShouldBe(new StalenessOptions { Policy = "inverse", Bound = 4 });
        Changed(("policy", "other"), ("settings.a", "1"))
            .Settings.ShouldBe(new Dictionary<string, string> { ["a"] = "1" });
    }

    [Fact]
    public void An_optimizer_that_comes_with_ActorTrain_has_its_own_record() =>
        Should
            .Throw<ActorTrainException>(() =>
                JobOptionsReader.Check(new JobOptions { Optimizer = new CustomOptimizer("sgd") })
            )
            .Message.ShouldBe("JobOptions.Optimizer is a CustomOptimizer of the name sgd; it must be a Sgd.");

    private sealed class Fixed(Verdict verdict) : IStalenessPolicy
    {
        public Verdict Judge(long staleness) => verdict;
    }

    private sealed class Ahead(long most) : IConsistencyModel
    {
        public long MostAhead(Pace worker, Pace slowest) => most;
    }

    private sealed class Plain : IOptimizer
    {
        public IReadOnlyList<Memory<float>> State => [];

        public void Apply(
            ReadOnlySpan<float> weights,
            Span<float> updated,
            ReadOnlySpan<float> gradient,
            float learningRate,
            float scale,
            ReadOnlySpan<FlatRange> touched
        )
        {
            foreach (var range in touched)
                for (var i = range.Offset; i < range.Offset + range.Length; i++)
                    updated[i] = weights[i] - learningRate * scale * gradient[i];
        }
    }
}
