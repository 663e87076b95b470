"""What is in the table, and how does it become numbers?"""
