using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Sinks;

/// <summary>Writes blocks to files on a separate thread, one at a time, so that its owner can fill the next meanwhile.</summary>
/// <remarks>To be called by one thread. The writer's thread starts with the first block: a log that never fills one has none.</remarks>
internal sealed class BlockWriter : IDisposable
{
    private readonly object _gate = new();
    private readonly Action<Thread> _start;
    private Thread? _thread;
    private SafeFileHandle? _file;
    private ReadOnlyMemory<byte> _block;
    private long _position;
    private bool _isBusy;
    private bool _isStopping;
    private Exception? _failure;

    public BlockWriter()
        : this(static thread => thread.UnsafeStart())
    {
    }

    /// <summary>Initializes a writer whose thread is started in another way than usual.</summary>
    internal BlockWriter(Action<Thread> start) => _start = start;

    /// <summary>Starts writing a block; its bytes must not change until <see cref="Await"/> has returned.</summary>
    public void Begin(SafeFileHandle file, ReadOnlyMemory<byte> block, long position)
    {
        _failure = null;
        if (_thread is null && !TryStart())
        {
            return;
        }

        lock (_gate)
        {
            (_file, _block, _position, _isBusy) = (file, block, position, true);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for the block that was begun.</summary>
    /// <returns>Whether it is written; if not, a part of it may be.</returns>
    public bool Await()
    {
        lock (_gate)
        {
            while (_isBusy)
            {
                Monitor.Wait(_gate);
            }

            return _failure is null;
        }
    }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
    }

    private bool TryStart()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "FastTrainLog file" };
        try
        {
            _start(thread);
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // The process may have no further thread: the owner writes the block itself.
            _failure = exception;
            return false;
        }

        _thread = thread;
        return true;
    }

    private void Run()
    {
        while (true)
        {
            lock (_gate)
            {
                while (!_isBusy)
                {
                    if (_isStopping)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }
            }

            Exception? failure = null;
            try
            {
                RandomAccess.Write(_file!, _block.Span, _position);
            }
            catch (Exception exception)
            {
                // The owner writes the block again, and gets the same failure where it can report it.
                failure = exception;
            }

            lock (_gate)
            {
                (_failure, _isBusy) = (failure, false);
                Monitor.PulseAll(_gate);
            }
        }
    }
}
