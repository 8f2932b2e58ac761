using System.Buffers.Binary;
using System.Text;

namespace ActorTrain.Torch.Native;

/// <summary>
/// The parts of a 64-bit little-endian ELF library that say which symbols of other libraries it needs, and in which
/// version: see the System V ABI, and "ELF Symbol Versioning" by Ulrich Drepper. Reads and rewrites bytes in memory.
/// </summary>
internal sealed class ElfImage
{
    private const uint DynamicSymbols = 11,
        VersionNeeds = 0x6ffffffe,
        SymbolVersions = 0x6fffffff;

    private readonly byte[] _bytes;
    private readonly List<Section> _sections = [];

    /// <summary>Wraps the bytes, which later calls rewrite.</summary>
    /// <exception cref="FormatException">It is not such a library.</exception>
    public ElfImage(byte[] bytes)
    {
        _bytes = bytes;
        if (bytes.Length < 64 || !bytes.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8))
            throw new FormatException("it is not a 64-bit little-endian ELF file");
        try
        {
            var (table, count) = ((long)U64(40), U16(60));
            for (var i = 0; i < count; i++)
            {
                var at = checked((int)(table + 64L * i));
                _sections.Add(
                    new Section(
                        U32(at + 4),
                        checked((int)U64(at + 24)),
                        checked((int)U64(at + 32)),
                        (int)U32(at + 40),
                        (int)U32(at + 44)
                    )
                );
            }
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new FormatException("its section table is damaged", e);
        }
    }

    /// <summary>The versions of libraries' symbols that it needs.</summary>
    public IEnumerable<NeededVersion> NeededVersions()
    {
        var section = SectionOf(VersionNeeds);
        var need = section.Offset;
        for (var remaining = section.Info; remaining > 0; remaining--)
        {
            var entry = Next(need, U32(need + 8));
            for (var entries = U16(need + 2); entries > 0; entries--)
            {
                yield return new NeededVersion(
                    TextAt(section, U32(need + 4)),
                    TextAt(section, U32(entry + 8)),
                    U32(entry),
                    U16(entry + 6),
                    entry
                );
                if (entries > 1)
                    entry = Next(entry, U32(entry + 12));
            }
            if (remaining > 1)
                need = Next(need, U32(need + 12));
        }
    }

    // Only forwards: in a damaged file the list could be a cycle.
    private static int Next(int at, uint distance) =>
        distance is > 0 and < int.MaxValue
            ? checked(at + (int)distance)
            : throw new FormatException("its list of needed versions is broken");

    /// <summary>Names of the symbols that it needs in a version.</summary>
    public IEnumerable<string> SymbolsOf(NeededVersion version)
    {
        var (symbols, versions) = (SectionOf(DynamicSymbols), SectionOf(SymbolVersions));
        for (var i = 0; i < symbols.Size / 24; i++)
            if ((U16(versions.Offset + 2 * i) & 0x7fff) == version.Index)
                yield return TextAt(symbols, U32(symbols.Offset + 24 * i));
    }

    /// <summary>Replaces a needed version by an older version of the same library.</summary>
    public void Rename(NeededVersion version, string name)
    {
        Overwrite(SectionOf(VersionNeeds), version.Name, name);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(version.EntryOffset), Hash(name));
    }

    /// <summary>Replaces a needed symbol by another one.</summary>
    public void RenameSymbol(string from, string to) => Overwrite(SectionOf(DynamicSymbols), from, to);

    /// <summary>The hash by which the loader compares version names.</summary>
    public static uint Hash(string name)
    {
        uint hash = 0;
        foreach (var c in Encoding.ASCII.GetBytes(name))
        {
            hash = (hash << 4) + c;
            var high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }
        return hash;
    }

    // In place: the new name is padded with zero bytes.
    private void Overwrite(Section owner, string from, string to)
    {
        if (to.Length > from.Length)
            throw new ArgumentException($"'{to}' does not fit in the place of '{from}'", nameof(to));
        var strings = _sections[owner.Link];
        var table = _bytes.AsSpan(strings.Offset, strings.Size);
        var at = table.IndexOf(Encoding.ASCII.GetBytes($"\0{from}\0"));
        if (at < 0)
            throw new FormatException($"its string table has no '{from}'");
        var place = table.Slice(at + 1, from.Length);
        place.Clear();
        Encoding.ASCII.GetBytes(to, place);
    }

    private Section SectionOf(uint type)
    {
        var found = _sections.Where(section => section.Type == type).ToList();
        return found.Count == 1
            ? found[0]
            : throw new FormatException($"it has {found.Count} sections of type 0x{type:x}, not one");
    }

    private string TextAt(Section owner, uint index)
    {
        var strings = _sections[owner.Link];
        var text = _bytes.AsSpan(strings.Offset, strings.Size)[(int)index..];
        return Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]);
    }

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at));

    private ulong U64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at));

    private sealed record Section(uint Type, int Offset, int Size, int Link, int Info);

    /// <summary>A version of a library's symbols that another library needs.</summary>
    /// <param name="Library">The library that has it.</param>
    /// <param name="Name">The version's name.</param>
    /// <param name="NameHash">Hash of the name, as it stands in the file.</param>
    /// <param name="Index">The number by which symbols refer to it.</param>
    /// <param name="EntryOffset">Where the entry stands in the file.</param>
    internal sealed record NeededVersion(string Library, string Name, uint NameHash, ushort Index, int EntryOffset);
}
