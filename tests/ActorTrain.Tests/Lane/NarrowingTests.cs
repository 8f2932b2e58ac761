using ActorTrain.Lane;
using ActorTrain.Parameters;
using CsCheck;

namespace ActorTrain.Tests.Lane;

public sealed class NarrowingTests
{
    [Theory, InlineData(TransferDType.BF16, 8), InlineData(TransferDType.F16, 11)]
    public void A_number_is_rounded_by_at_most_half_a_unit_of_its_last_place(TransferDType type, int bits) =>
        Gen.Float[-60_000, 60_000]
            .Where(value => Math.Abs(value) > 1e-4)
            .Array[1, 70]
            .Sample(values =>
            {
                foreach (var (value, back) in values.Zip(NarrowAndWiden(type, values)))
                    Math.Abs(back - value).ShouldBeLessThanOrEqualTo(MathF.Abs(value) * MathF.Pow(2, -bits));
            });

    [Fact]
    public void Bfloat16_rounds_ties_to_even()
    {
        // 1 + 2⁻⁸ is halfway between 1 and 1 + 2⁻⁷, 1 + 3·2⁻⁸ between 1 + 2⁻⁷ and 1 + 2⁻⁶.
        var values = Enumerable.Range(0, 37).Select(i => i % 2 == 0 ? 1 + 1f / 256 : 1 + 3f / 256).ToArray();
        NarrowAndWiden(TransferDType.BF16, values).ShouldBe(values.Select(value => value < 1.005f ? 1f : 1 + 1f / 64));
    }

    [Theory, InlineData(TransferDType.BF16), InlineData(TransferDType.F16)]
    public void NaN_and_infinities_are_preserved(TransferDType type)
    {
        var odd = new[]
        {
            float.NaN,
            BitConverter.UInt32BitsToSingle(0x7FFF_FFFF),
            BitConverter.UInt32BitsToSingle(0xFF80_0001),
            float.PositiveInfinity,
            float.NegativeInfinity,
            0,
            -0f,
        };
        var values = Enumerable.Range(0, 42).Select(i => odd[i % odd.Length]).ToArray();
        foreach (var (value, back) in values.Zip(NarrowAndWiden(type, values)))
        {
            if (float.IsNaN(value))
                float.IsNaN(back).ShouldBeTrue();
            else
                BitConverter.SingleToUInt32Bits(back).ShouldBe(BitConverter.SingleToUInt32Bits(value));
        }
    }

    private static float[] NarrowAndWiden(TransferDType type, float[] values)
    {
        var narrow = new ushort[values.Length];
        var back = new float[values.Length];
        Narrowing.Narrow(type, values, narrow);
        Narrowing.Widen(type, narrow, back);
        return back;
    }
}
