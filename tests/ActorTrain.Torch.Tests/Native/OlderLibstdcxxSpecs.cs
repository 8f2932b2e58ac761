using ActorTrain.Torch.Native;
using CsCheck;

namespace ActorTrain.Torch.Tests.Native;

/// <summary>The adapted library exists on Linux only; elsewhere these tests check nothing.</summary>
public sealed class OlderLibstdcxxSpecs
{
    private static readonly byte[]? Library = NativeFolders.Find("libLibTorchSharp.so") is { } path
        ? File.ReadAllBytes(path)
        : null;

    [Theory]
    [InlineData("GLIBC_2.2.5", 0x09691a75)]
    [InlineData("GLIBCXX_3.4", 0x08922974)]
    public void Hashes_version_names_as_the_loader_does(string name, uint hash) => ElfImage.Hash(name).ShouldBe(hash);

    [Fact]
    public void The_adapted_library_needs_no_missing_version()
    {
        if (Library is null)
            return;

        var needs = new ElfImage(OlderLibstdcxx.Adapt(Library)).NeededVersions().ToList();

        needs.ShouldNotContain(version => OlderLibstdcxx.MissingVersions.Contains(version.Name));
        needs.ShouldAllBe(version => version.NameHash == ElfImage.Hash(version.Name));
    }

    [Fact]
    public void The_symbol_that_sets_up_streams_is_replaced_by_the_older_one()
    {
        if (Library is null)
            return;

        var image = new ElfImage(OlderLibstdcxx.Adapt(Library));

        image
            .NeededVersions()
            .Where(version => version.Name == "GLIBCXX_3.4")
            .ShouldContain(version => image.SymbolsOf(version).SequenceEqual(new[] { "_ZNSt8ios_base4InitC1Ev" }));
    }

    [Fact]
    public void Nothing_else_is_changed()
    {
        if (Library is null)
            return;

        var adapted = OlderLibstdcxx.Adapt(Library);

        adapted.Length.ShouldBe(Library.Length);
        adapted.Zip(Library).Count(pair => pair.First != pair.Second).ShouldBeLessThan(27 + 2 * (14 + 4));
    }

    [Fact]
    public void A_library_that_was_adapted_is_not_adapted_again()
    {
        if (Library is null)
            return;

        Should
            .Throw<FormatException>(() => OlderLibstdcxx.Adapt(OlderLibstdcxx.Adapt(Library)))
            .Message.ShouldBe("it needs GLIBCXX_3.4.32 of 0 libraries, not of one");
    }

    [Fact]
    public void A_file_that_is_not_a_library_is_refused()
    {
        Should
            .Throw<FormatException>(() => OlderLibstdcxx.Adapt("MZ, a Windows program"u8))
            .Message.ShouldBe("it is not a 64-bit little-endian ELF file");
        Should.Throw<FormatException>(() => OlderLibstdcxx.Adapt([]));
    }

    [Fact]
    public void A_truncated_library_is_refused()
    {
        if (Library is null)
            return;

        Gen.Int[0, Library.Length - 1]
            .Sample(
                length =>
                {
                    Should.Throw<FormatException>(() => OlderLibstdcxx.Adapt(Library.AsSpan(0, length)));
                },
                iter: 50
            );
    }

    [Fact]
    public void A_damaged_section_table_is_refused_or_harmless()
    {
        if (Library is null)
            return;
        var table = (int)BitConverter.ToInt64(Library, 40);

        Gen.Select(Gen.Int[table, Library.Length - 1], Gen.Byte)
            .Sample(
                (at, value) =>
                {
                    var damaged = (byte[])Library.Clone();
                    damaged[at] = value;
                    try
                    {
                        OlderLibstdcxx.Adapt(damaged);
                    }
                    catch (FormatException)
                    {
                        // The only exception that may be thrown.
                    }
                },
                iter: 200
            );
    }
}
