namespace ActorTrain.Serialization.Paging;

/// <summary>
/// Puts messages together from their pages. What it holds is bounded by what has really come: a length that somebody
/// only claims costs nothing.
/// </summary>
/// <param name="mostBytes">Bytes that all unfinished messages may have together.</param>
/// <param name="patience">Time after which a message is given up that no page has come of.</param>
internal sealed class PageAssembly(long mostBytes, TimeSpan patience)
{
    private readonly Dictionary<string, Unfinished> _unfinished = [];

    /// <summary>A message that has been given up.</summary>
    /// <param name="Kind">What it was.</param>
    /// <param name="Reason">Why, in words.</param>
    public readonly record struct GivenUp(string Kind, string Reason);

    /// <summary>Messages that are not complete.</summary>
    public int Count => _unfinished.Count;

    /// <summary>Takes in a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    /// <returns>The whole message, where this was its last page; what had to be given up for this one, if anything.
    /// </returns>
    public (byte[]? Message, IReadOnlyList<GivenUp> GivenUp) Add(PageProtocol.Page page, TimeSpan now)
    {
        if (page.Index == 0)
            _unfinished[page.Message] = new Unfinished(page.Kind, now);
        if (!_unfinished.TryGetValue(page.Message, out var message))
            return (null, []);
        if (page.Index != message.Pages.Count || page.Index >= page.Count)
        {
            _unfinished.Remove(page.Message);
            return (null, [new GivenUp(message.Kind, "a page of it was lost on the way")]);
        }
        message.Pages.Add(page.Bytes);
        (message.Bytes, message.At) = (message.Bytes + page.Bytes.Length, now);
        if (page.Index == page.Count - 1)
        {
            _unfinished.Remove(page.Message);
            return (message.Whole(), []);
        }
        return (null, Shed());
    }

    /// <summary>Gives up what no page has come of for too long.</summary>
    public IReadOnlyList<GivenUp> Expire(TimeSpan now) =>
        GiveUp(
            _unfinished.Where(message => now - message.Value.At >= patience),
            $"no page of it has come for {patience.TotalSeconds:0} s"
        );

    // The one that has waited longest is the least likely to be completed.
    private List<GivenUp> Shed()
    {
        var excess = _unfinished.Values.Sum(message => message.Bytes) - mostBytes;
        return excess <= 0
            ? []
            : GiveUp(
                _unfinished
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

    private List<GivenUp> GiveUp(IEnumerable<KeyValuePair<string, Unfinished>> messages, string reason)
    {
        var givenUp = messages.ToList();
        foreach (var (name, _) in givenUp)
            _unfinished.Remove(name);
        return [.. givenUp.Select(message => new GivenUp(message.Value.Kind, reason))];
    }

    private sealed class Unfinished(string kind, TimeSpan at)
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
