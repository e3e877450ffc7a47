namespace FastTrainLog.Tool.Export.TensorBoard;

/// <summary>Files that grow side by side, as those of many runs whose records are mixed: output is buffered in memory up to a limit, and one file is open at a time.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class PendingOutput
{
    private const long MostBytes = 4 << 20;

    private readonly HashSet<PendingFile> _waiting = [];
    private long _bytes;

    /// <summary>Makes a file.</summary>
    /// <returns>A stream that is only written to.</returns>
    public Stream Create(OutputFile file)
    {
        file.Create().Dispose();
        return new PendingFile(this, file.PartialPath);
    }

    private void Add(PendingFile file, int bytes)
    {
        _waiting.Add(file);
        _bytes += bytes;
        if (_bytes > MostBytes)
        {
            foreach (PendingFile waiting in _waiting)
            {
                waiting.Save();
            }

            _waiting.Clear();
            _bytes = 0;
        }
    }

    private void Remove(PendingFile file, long bytes)
    {
        if (_waiting.Remove(file))
        {
            _bytes -= bytes;
        }
    }

    private sealed class PendingFile(PendingOutput pending, string path) : Stream
    {
        private MemoryStream _bytes = new();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _bytes.Write(buffer);
            pending.Add(this, buffer.Length);
        }

        public void Save()
        {
            using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                _bytes.WriteTo(file);
            }

            _bytes = new MemoryStream();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && _bytes.Length > 0)
            {
                pending.Remove(this, _bytes.Length);
                Save();
            }

            base.Dispose(disposing);
        }
    }
}
