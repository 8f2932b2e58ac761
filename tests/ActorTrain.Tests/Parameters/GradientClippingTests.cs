using ActorTrain.Parameters;

namespace ActorTrain.Tests.Parameters;

public sealed class GradientClippingTests
{
    [Fact]
    public void A_longer_gradient_is_scaled_down_to_the_norm()
    {
        float[] gradient = [3, 4];
        GradientClipping.Clip(gradient, clipNorm: 1);
        gradient[0].ShouldBe(0.6f, 1e-5);
        gradient[1].ShouldBe(0.8f, 1e-5);
    }

    [Theory, InlineData(5f), InlineData(6f), InlineData(0f)]
    public void A_shorter_one_stays_and_zero_turns_clipping_off(float clipNorm)
    {
        float[] gradient = [3, 4];
        GradientClipping.Clip(gradient, clipNorm);
        gradient.ShouldBe([3f, 4f]);
    }

    [Theory, InlineData(1), InlineData(7), InlineData(16), InlineData(1001)]
    public void The_norm_covers_every_element(int length) =>
        GradientClipping.Norm(Enumerable.Repeat(2f, length).ToArray()).ShouldBe(2 * Math.Sqrt(length), 1e-9);
}
