using ActorTrain.Torch.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Custom;

/// <summary>A loss that holds parameters or state is refused; a pure one is accepted.</summary>
public sealed class RefusedLossSpecs
{
    private static readonly Linear Outside = Linear(4, 4);

    [Fact]
    public void Parameters_that_only_the_loss_holds_are_refused()
    {
        var weight = Parameter(ones(4));
        var neighbour = Linear(3, 3);
        Func<Tensor> unused = () => neighbour.weight!;
        Toy.Complaint(
                new TorchModel(() => Sequential(Linear(2, 4)))
                {
                    Loss = (outputs, targets) => functional.cross_entropy(outputs * weight, targets),
                }
            )
            .ShouldBe($"model toy: its loss (weight) holds a parameter, [4], {UnregisteredPart.Tensor}");
        Toy.Complaint(new TorchModel(() => Sequential(Linear(2, 4))) { Loss = Called })
            .ShouldBe($"model toy: its loss (Outside) holds a layer (Linear) {UnregisteredPart.Layer}");

        static Tensor Called(Tensor outputs, Tensor targets) => functional.cross_entropy(ByAnother(outputs), targets);
        static Tensor ByAnother(Tensor outputs) => Outside.call(outputs);
        unused.ShouldNotBeNull();
    }

    [Fact]
    public void Captured_variables_that_the_loss_does_not_use_are_ignored()
    {
        var (plain, weights) = (Linear(2, 4), tensor(new[] { 1f, 2f, 3f, 4f }));
        Func<Tensor, Tensor> elsewhere = input => plain.call(input);

        using var engine = Toy.Engine(
            new TorchModel(() => Sequential(Linear(2, 4)))
            {
                Loss = (outputs, targets) => functional.cross_entropy(outputs, targets, weights),
            }
        );

        engine.ComputeGradient(Jobs.Samples(8), seed: 0).Loss.ShouldBeGreaterThan(0);
        elsewhere.ShouldNotBeNull();
    }

    [Fact]
    public void A_loss_with_state_is_refused()
    {
        var calls = 0;
        Toy.Complaint(
                new TorchModel(() => Sequential(Linear(2, 4)))
                {
                    Loss = (outputs, targets) => functional.cross_entropy(outputs, targets) / ++calls,
                }
            )
            .ShouldBe(
                "model toy: its loss changes calls, and all engines call the same one; a loss must depend on outputs "
                    + "and targets alone; state belongs in the module"
            );
    }

    [Fact]
    public void A_compiled_expression_and_a_frozen_helper_are_accepted_as_loss()
    {
        System.Linq.Expressions.Expression<Func<Tensor, Tensor, Tensor>> expression = (outputs, targets) =>
            functional.cross_entropy(outputs, targets, null, -100, Reduction.Mean, 0);
        var helper = Linear(4, 4);
        foreach (var parameter in helper.parameters())
            parameter.requires_grad = false;
        foreach (
            var loss in new[]
            {
                expression.Compile(),
                (outputs, targets) => functional.cross_entropy(helper.call(outputs), targets),
            }
        )
        {
            using var engine = Toy.Engine(new TorchModel(() => Sequential(Linear(2, 4))) { Loss = loss });
            engine.ComputeGradient(Jobs.Samples(8), seed: 0).Loss.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void A_failing_backward_is_reported_in_one_line()
    {
        var complaint = Toy.Complaint(
            new TorchModel(() => Sequential(Linear(2, 4)))
            {
                Loss = (outputs, targets) =>
                {
                    var changed = outputs.exp();
                    var loss = functional.cross_entropy(changed, targets);
                    using (no_grad())
                        changed.zero_();
                    return loss;
                },
            }
        );

        complaint.ShouldStartWith(
            "model toy: its backward fails: ExternalException: one of the variables needed for gradient computation"
        );
        complaint.ShouldNotContain("\n");
        complaint.ShouldNotContain("frame #");
    }
}
