namespace ActorTrain.Serialization.Paging;

/// <summary>
/// Assembles messages from their pages. Memory is allocated only for pages that have arrived, and not for an announced
/// length.
/// </summary>
/// <param name="mostBytes">Bytes that all incomplete messages may have together.</param>
/// <param name="timeout">Time without a new page after which a message is given up.</param>
internal sealed class PageAssembly(long mostBytes, TimeSpan timeout)
{
    private readonly Dictionary<string, Incomplete> _incomplete = [];

    /// <summary>A message that was given up.</summary>
    /// <param name="Kind">Its type.</param>
    /// <param name="Reason">The reason, as a clause.</param>
    public readonly record struct GivenUp(string Kind, string Reason);

    /// <summary>The number of incomplete messages.</summary>
    public int Count => _incomplete.Count;

    /// <summary>Adds a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="now">The time of the scheduler's clock.</param>
    /// <returns>The message, if this was its last page; the messages that were given up for it.</returns>
    public (byte[]? Message, IReadOnlyList<GivenUp> GivenUp) Add(PageProtocol.Page page, TimeSpan now)
    {
        if (page.Index == 0)
            _incomplete[page.Message] = new Incomplete(page.Kind, now);
        if (!_incomplete.TryGetValue(page.Message, out var message))
            return (null, []);
        if (page.Index != message.Pages.Count || page.Index >= page.Count)
        {
            _incomplete.Remove(page.Message);
            return (null, [new GivenUp(message.Kind, "a page of it was lost on the way")]);
        }
        message.Pages.Add(page.Bytes);
        (message.Bytes, message.At) = (message.Bytes + page.Bytes.Length, now);
        if (page.Index == page.Count - 1)
        {
            _incomplete.Remove(page.Message);
            return (message.Whole(), []);
        }
        return (null, GiveUpExcess());
    }

    /// <summary>Gives up messages without a new page for too long.</summary>
    public IReadOnlyList<GivenUp> Expire(TimeSpan now) =>
        GiveUp(
            _incomplete.Where(message => now - message.Value.At >= timeout),
            $"no page of it has come for {timeout.TotalSeconds:0} s"
        );

    // The message that has waited longest is the least likely to be completed.
    private List<GivenUp> GiveUpExcess()
    {
        var excess = _incomplete.Values.Sum(message => message.Bytes) - mostBytes;
        return excess <= 0
            ? []
            : GiveUp(
                _incomplete
                    .OrderBy(message => message.Value.At)
                    .TakeWhile(message =>
                    {
                        var isNeeded = excess > 0;
                        excess -= message.Value.Bytes;
                        return isNeeded;
                    }),
                $"unfinished messages would have more than {mostBytes >> 20} MiB together"
            );
    }

    private List<GivenUp> GiveUp(IEnumerable<KeyValuePair<string, Incomplete>> messages, string reason)
    {
        var givenUp = messages.ToList();
        foreach (var (name, _) in givenUp)
            _incomplete.Remove(name);
        return [.. givenUp.Select(message => new GivenUp(message.Value.Kind, reason))];
    }

    private sealed class Incomplete(string kind, TimeSpan at)
    {
        public string Kind => kind;

        public TimeSpan At { get; set; } = at;

        public long Bytes { get; set; }

        public List<byte[]> Pages { get; } = [];

        public byte[] Whole()
        {
            var whole = new byte[Bytes];
            var offset = 0;
            foreach (var page in Pages)
            {
                page.CopyTo(whole, offset);
                offset += page.Length;
            }
            return whole;
        }
    }
}
