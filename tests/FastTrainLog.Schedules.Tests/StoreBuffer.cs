using System.Runtime.CompilerServices;

namespace FastTrainLog.Schedules.Tests;

/// <summary>What a thread has stored and others do not see yet: the store buffer of its processor.</summary>
/// <remarks>
/// After Owens, Sarkar and Sewell, "A Better x86 Memory Model: x86-TSO" (TPHOLs 2009): stores reach the memory in their order, at any later time; the thread itself sees
/// them at once; a fence, an interlocked operation and a lock wait for them. In <see cref="MemoryOrder.Weak"/> a store may be overtaken by later ones to other places, unless these release.
/// </remarks>
internal sealed class StoreBuffer
{
    private readonly List<PendingStore> _stores = [];
    private readonly List<(object Owner, nint Offset)> _known = [];

    /// <summary>Forgets the execution before.</summary>
    public void Clear()
    {
        _stores.Clear();
        _known.Clear();
    }

    /// <summary>Notes a field of which the address is taken: what is stored to that address later finds the field again.</summary>
    public void Note<T>(object owner, ref T field)
    {
        nint offset = PendingStore.OffsetIn(owner, ref field);
        if (!_known.Contains((owner, offset)))
        {
            _known.Add((owner, offset));
        }
    }

    /// <summary>Loads what the thread has stored last, or what is in the memory.</summary>
    public T Load<T>(ref T place)
    {
        for (int i = _stores.Count - 1; i >= 0; i--)
        {
            if (_stores[i].IsAt(ref place))
            {
                return ((PendingStore<T>)_stores[i]).Value;
            }
        }

        return place;
    }

    /// <summary>Stores.</summary>
    /// <param name="place">Where.</param>
    /// <param name="value">What.</param>
    /// <param name="releases">Whether it overtakes no earlier store.</param>
    /// <param name="until">The point at which it may reach the memory.</param>
    /// <param name="now">The point that is passed now.</param>
    /// <param name="order">What may be overtaken.</param>
    public void Store<T>(ref T place, T value, bool releases, int until, int now, MemoryOrder order)
    {
        if (until <= now && _stores.Count == 0)
        {
            place = value;
            return;
        }

        foreach ((object owner, nint offset) in _known)
        {
            if (offset == PendingStore.OffsetIn(owner, ref place))
            {
                _stores.Add(new PendingStore<T>(owner, offset, value, releases, until));
                Drain(now, order);
                return;
            }
        }

        _stores.Add(new PendingStore<T>(ref place, value, releases, until));
        Drain(now, order);
    }

    /// <summary>Lets all stores reach the memory.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Drain()
    {
        bool any = _stores.Count > 0;
        _stores.ForEach(static store => store.Apply());
        _stores.Clear();
        return any;
    }

    /// <summary>Lets those stores reach the memory that may by now.</summary>
    public void Drain(int now, MemoryOrder order)
    {
        for (int i = 0; i < _stores.Count; i++)
        {
            PendingStore store = _stores[i];
            bool mayOvertake = order == MemoryOrder.Weak && !store.Releases && _stores.FindIndex(store.IsAtPlaceOf) == i;
            if (store.Until <= now && (i == 0 || mayOvertake))
            {
                store.Apply();
                _stores.RemoveAt(i--);
            }
        }
    }

    private abstract class PendingStore(object? owner, nint offset, bool releases, int until)
    {
        public bool Releases { get; } = releases;

        public int Until { get; } = until;

        public object? Owner { get; } = owner;

        // From the owner, which the collector may move; without one, an address.
        public nint Offset { get; } = offset;

        public static nint OffsetIn<T>(object owner, ref T field) => Unsafe.ByteOffset(ref Start(owner), ref Unsafe.As<T, byte>(ref field));

        public static unsafe nint AddressOf<T>(ref T place) => (nint)Unsafe.AsPointer(ref Unsafe.As<T, byte>(ref place));

        public bool IsAt<T>(ref T place) => Offset == (Owner is null ? AddressOf(ref place) : OffsetIn(Owner, ref place));

        public bool IsAtPlaceOf(PendingStore other) => Owner == other.Owner && Offset == other.Offset;

        public abstract void Apply();

        protected static ref byte Start(object owner) => ref Unsafe.As<FirstByte>(owner).Value;

        private sealed class FirstByte
        {
            public byte Value;
        }
    }

    private sealed class PendingStore<T> : PendingStore
    {
        public PendingStore(object owner, nint offset, T value, bool releases, int until)
            : base(owner, offset, releases, until) => Value = value;

        public PendingStore(ref T place, T value, bool releases, int until)
            : base(null, AddressOf(ref place), releases, until) => Value = value;

        public T Value { get; }

        public override unsafe void Apply()
        {
            ref byte place = ref Owner is null ? ref *(byte*)Offset : ref Unsafe.AddByteOffset(ref Start(Owner), Offset);
            Unsafe.As<byte, T>(ref place) = Value;
        }
    }
}

/// <summary>In which order the stores of a thread reach the memory.</summary>
internal enum MemoryOrder
{
    /// <summary>At once.</summary>
    Sequential,

    /// <summary>In their order, but later than what the thread loads after them: x64.</summary>
    StoresLate,

    /// <summary>In any order too, except that a store which releases follows all before it: as ARM64 may, and .NET's own model.</summary>
    Weak,
}
